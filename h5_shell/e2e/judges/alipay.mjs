// npm alipay-sdk, Alipay's own client for Node, judges our simulator: one line of JSON on stdin says
// where it is, every check is answered with one line on stdout.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { AlipaySdk } from 'alipay-sdk'

const world = JSON.parse((await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next()).value)
const same = (got, wanted, about) => {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${about}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
  }
}
const client = (more = {}) => new AlipaySdk({
  appId: world.app_id, privateKey: world.private_key, alipayPublicKey: world.public_key,
  keyType: 'PKCS8', gateway: `${world.url}/gateway.do`, ...more,
})
const sdk = client()
const exec = (method, bizContent, more = {}, who = sdk) => who.exec(method, { bizContent, ...more }, { validateSign: true })

const notices = []
const ear = createServer((request, response) => {
  let raw = ''
  request.setEncoding('utf8').on('data', part => { raw += part })
    .on('end', () => { notices.push(Object.fromEntries(new URLSearchParams(raw))); response.end('success') })
}).listen(0, '127.0.0.1')
await new Promise(resolve => ear.on('listening', resolve))
const heard = async (wanted) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = notices.find(wanted)
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('nothing was told')
}

const notifyUrl = `http://127.0.0.1:${ear.address().port}/told`
const number = `JUDGE${Date.now()}`
const order = { outTradeNo: number, totalAmount: '20.00', subject: '工本费 + & % = },"sign":"zz" 😀' }
const pay = outTradeNo => fetch(`${world.url}/__pay`, { method: 'POST', body: JSON.stringify({ out_trade_no: outTradeNo }) })

const CHECKS = {
  async 'an order is placed'() {
    const told = await exec('alipay.trade.precreate', order, { notifyUrl })
    same([told.code, told.outTradeNo], ['10000', number], 'answer')
    same((await exec('alipay.trade.query', { outTradeNo: number })).tradeStatus, 'WAIT_BUYER_PAY', 'state')
  },
  async 'it is paid, told of and found'() {
    await pay(number)
    const told = await heard(one => one.trade_status === 'TRADE_SUCCESS')
    same(sdk.checkNotifySignV2({ ...told }), true, 'signature')
    same(sdk.checkNotifySignV2({ ...told, total_amount: '20.01' }), false, 'another amount')
    same([told.out_trade_no, told.total_amount, told.subject], [number, '20.00', order.subject], 'notice')
    same((await exec('alipay.trade.query', { outTradeNo: number })).tradeStatus, 'TRADE_SUCCESS', 'state')
  },
  async 'part of it is given back, told of and found'() {
    const asked = { outTradeNo: number, outRequestNo: `R${number}`, refundAmount: '5.00' }
    const done = await exec('alipay.trade.refund', asked)
    same([done.code, done.fundChange, done.refundFee], ['10000', 'Y', '5.00'], 'refund')
    same((await exec('alipay.trade.refund', asked)).fundChange, 'N', 'again')
    const told = await heard(one => one.refund_fee === '5.00')
    same(sdk.checkNotifySignV2({ ...told }), true, 'signature')
    const found = await exec('alipay.trade.fastpay.refund.query', { outTradeNo: number, outRequestNo: `R${number}` })
    same([found.refundStatus, found.refundAmount], ['REFUND_SUCCESS', '5.00'], 'query')
  },
  async 'a page leads to the cashier and back'() {
    const outTradeNo = `P${number}`
    const url = sdk.pageExec('alipay.trade.wap.pay', 'GET', {
      bizContent: { ...order, outTradeNo, productCode: 'QUICK_WAP_WAY' }, notifyUrl, returnUrl: 'http://shell.example/done',
    })
    const cashier = await fetch(url)
    same((await cashier.text()).includes('模拟网关 不发生真实扣款'), true, 'label')
    const back = await fetch(cashier.url, { method: 'POST', body: new URLSearchParams({ act: 'pay' }), redirect: 'manual' })
    const told = Object.fromEntries(new URL(back.headers.get('location')).searchParams)
    same(sdk.checkNotifySignV2({ ...told }), true, 'signature')
    same((await exec('alipay.trade.query', { outTradeNo })).tradeStatus, 'TRADE_SUCCESS', 'state')
  },
  async 'a wrong key of ours is refused there'() {
    const told = await exec('alipay.trade.precreate', { ...order, outTradeNo: `W${number}` }, {}, client({ privateKey: world.wrong_private_key }))
    same([told.code, told.subCode], ['40002', 'isv.invalid-signature'], 'refusal')
  },
  async 'a wrong key of theirs is refused here'() {
    const wrong = client({ alipayPublicKey: world.wrong_public_key })
    const said = await exec('alipay.trade.query', { outTradeNo: number }, {}, wrong).then(() => 'taken', e => e.message)
    same(said.startsWith('验签失败'), true, said)
  },
  async 'what is not there, and too much, are refused in their words'() {
    same((await exec('alipay.trade.query', { outTradeNo: 'NOTHERE1' })).subCode, 'ACQ.TRADE_NOT_EXIST', 'query')
    const asked = { outTradeNo: number, outRequestNo: `T${number}`, refundAmount: '15.01' }
    same((await exec('alipay.trade.refund', asked)).subCode, 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', 'refund')
  },
}

for (const [check, judge] of Object.entries(CHECKS)) {
  const error = await judge().then(() => null, e => e.message)
  process.stdout.write(`${JSON.stringify({ check, ok: error === null, error })}\n`)
}
ear.close()
process.exit(0)
