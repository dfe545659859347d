// npm wechatpay-axios-plugin, a client of WeChat Pay that nobody here wrote, judges our simulator:
// one line of JSON on stdin says where it is, every check is answered with one line on stdout.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import plugin from 'wechatpay-axios-plugin'

const { Wechatpay, Rsa, Aes, Formatter } = plugin
const world = JSON.parse((await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next()).value)
const same = (got, wanted, about) => {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${about}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
  }
}
const client = (more = {}) => new Wechatpay({
  mchid: world.mchid, serial: world.serial, privateKey: world.private_key,
  certs: { [world.public_key_id]: world.public_key }, baseURL: world.url, ...more,
})
const refusal = promise => promise.then(() => 'nothing was refused', e => e.response?.data?.code ?? e.message)

const notices = []
const ear = createServer((request, response) => {
  let raw = ''
  request.setEncoding('utf8').on('data', part => { raw += part })
    .on('end', () => { notices.push([request.headers, raw]); response.writeHead(204).end() })
}).listen(0, '127.0.0.1')
await new Promise(resolve => ear.on('listening', resolve))
const heard = async (kind) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = notices.find(([, raw]) => JSON.parse(raw).event_type === kind)
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`no ${kind} was told`)
}
function opened([headers, raw]) {
  const signed = Formatter.response(headers['wechatpay-timestamp'], headers['wechatpay-nonce'], raw)
  same(headers['wechatpay-serial'], world.public_key_id, 'serial')
  same(Rsa.verify(signed, headers['wechatpay-signature'], world.public_key), true, 'signature')
  same(Rsa.verify(`${signed} `, headers['wechatpay-signature'], world.public_key), false, 'another body')
  const { ciphertext, nonce, associated_data: aad } = JSON.parse(raw).resource
  return JSON.parse(Aes.AesGcm.decrypt(ciphertext, world.api_key, nonce, aad))
}

const wx = client()
const notify = `http://127.0.0.1:${ear.address().port}/told`
const number = `JUDGE${Date.now()}`
const order = {
  appid: world.appid, mchid: world.mchid, description: '工本费 + & % 😀', out_trade_no: number,
  notify_url: notify, amount: { total: 2000, currency: 'CNY' },
}
const query = () => wx.v3.pay.transactions.outTradeNo.$out_trade_no$.get({ params: { mchid: world.mchid }, out_trade_no: number })

const CHECKS = {
  async 'an order is placed'() {
    const { data } = await wx.v3.pay.transactions.native.post(order)
    same(data.code_url.slice(0, 15), 'weixin://wxpay/', 'code')
    same((await query()).data.trade_state, 'NOTPAY', 'state')
  },
  async 'it is paid, told of and found'() {
    await fetch(`${world.url}/__pay`, { method: 'POST', body: JSON.stringify({ out_trade_no: number }) })
    const told = opened(await heard('TRANSACTION.SUCCESS'))
    same([told.out_trade_no, told.amount.total, told.trade_state], [number, 2000, 'SUCCESS'], 'notice')
    same((await query()).data.trade_state, 'SUCCESS', 'state')
  },
  async 'part of it is given back, told of and found'() {
    const asked = { out_trade_no: number, out_refund_no: `R${number}`, notify_url: notify, amount: { refund: 500, total: 2000, currency: 'CNY' } }
    same((await wx.v3.refund.domestic.refunds.post(asked)).data.status, 'PROCESSING', 'status')
    const told = opened(await heard('REFUND.SUCCESS'))
    same([told.out_refund_no, told.amount.refund, told.refund_status], [`R${number}`, 500, 'SUCCESS'], 'notice')
    const { data } = await wx.v3.refund.domestic.refunds.$out_refund_no$.get({ out_refund_no: `R${number}` })
    same(data.status, 'SUCCESS', 'status')
  },
  async 'a wrong key of ours is refused there'() {
    const wrong = client({ privateKey: world.wrong_private_key })
    same(await refusal(wrong.v3.pay.transactions.native.post({ ...order, out_trade_no: `W${number}` })), 'SIGN_ERROR', 'refusal')
  },
  async 'a wrong key of theirs is refused here'() {
    const wrong = client({ certs: { [world.public_key_id]: world.wrong_public_key } })
    const said = await refusal(wrong.v3.pay.transactions.native.post({ ...order, out_trade_no: `X${number}` }))
    same(said.startsWith('Verify the response'), true, said)
  },
  async 'what is not there, and too much, are refused in their words'() {
    same(await refusal(wx.v3.pay.transactions.outTradeNo.NOTHERE1.get({ params: { mchid: world.mchid } })), 'ORDER_NOT_EXIST', 'query')
    const asked = { out_trade_no: number, out_refund_no: `T${number}`, amount: { refund: 1501, total: 2000, currency: 'CNY' } }
    same(await refusal(wx.v3.refund.domestic.refunds.post(asked)), 'NOT_ENOUGH', 'refund')
  },
}

for (const [check, judge] of Object.entries(CHECKS)) {
  const error = await judge().then(() => null, e => e.message)
  process.stdout.write(`${JSON.stringify({ check, ok: error === null, error })}\n`)
}
ear.close()
process.exit(0)
