// One bill through each simulated channel, told by a message, with a receipt in the end.
import { expect } from '../story.mjs'
import { asked, signsIn } from './housing.mjs'
import { RESIDENT } from './dialects.mjs'

const bills = async story => (await asked(story, '/bills')).items
const FRESH_MS = 15_000

/** Asks until it is so: receipts come from the finance department a moment after the money. */
async function until(look, sentence) {
  for (const deadline = Date.now() + FRESH_MS; Date.now() < deadline;) {
    const found = await look()
    if (found) return found
    await new Promise(done => setTimeout(done, 200))
  }
  throw new Error(sentence)
}

async function pays(story, way, cashier, port, mark) {
  const { page } = story
  await page.goto(`${story.shell}/bills`)
  await page.getByRole('link', { name: new RegExp(`居住证工本费（${way}）`) }).tap()
  await page.getByRole('radio', { name: new RegExp(way) }).check()
  await story.shot(`${mark}-bill`)
  await story.tap('去支付 20.00 元')
  await page.getByRole('heading', { name: cashier }).waitFor()
  expect(new URL(page.url()).port === String(story.config.simulators + port), 'the cashier is not the simulator’s')
  await story.sees('模拟网关 不发生真实扣款')
  await story.shot(`${mark}-cashier`)
  await story.tap('确认支付')
  await page.getByText('缴费成功').waitFor()
  await story.shot(`${mark}-paid`)
}

export const money = {
  async 'money: a bill is paid through WeChat'(story) {
    await signsIn(story, story.config.login, RESIDENT.password)
    await story.shot('home')
    await pays(story, '微信支付', '模拟微信支付收银台', 30, 'wechat')
  },
  async 'money: a bill is paid through Alipay'(story) {
    await pays(story, '支付宝', '模拟支付宝收银台', 31, 'alipay')
  },
  async 'money: a bill is paid through UnionPay'(story) {
    await pays(story, '云闪付', '模拟银联收银台', 32, 'unionpay')
  },
  async 'money: each is receipted and told'(story) {
    const { page } = story
    const found = await until(async () => {
      const own = (await bills(story)).filter(b => b.title.startsWith('居住证工本费（'))
      return own.length === 3 && own.every(b => b.receipt_no) ? own : undefined
    }, 'no receipts came')
    await page.goto(`${story.shell}/bills/${found[0].bill_no}`)
    await story.sees('电子票据')
    await story.shot('receipt')
    await page.goto(`${story.shell}/messages`)
    await page.getByText('缴款成功').first().waitFor()
    await story.shot('messages')
    return { channels: found.map(b => b.channel).sort(), receipts: new Set(found.map(b => b.receipt_no)).size }
  },
  async 'money: the treasury reads orders and ledger'(story) {
    const page = await story.newPage('treasury', { viewport: { width: 1440, height: 900 } })
    const base = `http://console.localhost:${story.config.staff}`
    await page.goto(base)
    await page.getByLabel('账号').fill('bao.treasury')
    await page.getByLabel('密码').fill(RESIDENT.password)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByRole('link', { name: '订单', exact: true }).click()
    await page.getByText('选一笔订单看经过').waitFor()
    const rows = page.locator('tbody tr', { hasText: '居住证工本费（' })
    await rows.first().waitFor()
    const orders = await rows.count()
    await rows.first().getByRole('button').click()
    await page.getByText('已记账').first().waitFor()
    const told = await page.locator('.story li').count()
    await story.shot('console-orders', { of: page })
    await page.getByRole('link', { name: '账簿', exact: true }).click()
    await page.getByText('这一天借贷相等').waitFor()
    await page.getByRole('button', { name: /支付宝/ }).first().click()
    await page.getByText('的分录').waitFor()
    await page.waitForLoadState('networkidle')
    await story.shot('console-ledger', { of: page })
    await page.getByRole('link', { name: '业务系统', exact: true }).click()
    await page.getByText(/还没有接入的系统|使用中/).first().waitFor()
    await story.shot('console-access', { of: page })
    await page.context().close()
    return { orders, told }
  },
}
