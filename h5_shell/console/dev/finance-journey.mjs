// The finance people's day in the browser: a bill is made and paid, one voided, one refunded by two
// people, and a channel's day that differs is resolved and closed.
//   DATA_DIR=… WANSHI_STAFF=http://console.localhost:8801 PUBLIC=http://127.0.0.1:8800 node dev/finance-journey.mjs
// BILLED=1 goes on with a case that has its bill already. It changes things. Pictures at 1440 and 1024, an axe run on each: build/console.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const at = path => fileURLToPath(new URL(path, import.meta.url))
const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const api = `${process.env.PUBLIC ?? 'http://127.0.0.1:8800'}/api/v1`
const out = at('../../../build/console')
mkdirSync(out, { recursive: true })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const binary = [process.env.CHROMIUM, at('../../../var/assets/bin/chromium')].find(p => p && existsSync(p))
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const step = text => console.log(`✓ ${text}`)
const prepare = what => execFileSync(at('../../../.venv/bin/python'), ['-m', 'tests.journeys.prepare_finance', what], { cwd: at('../../..'), stdio: 'inherit' })
let bad = 0

async function desk(name) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(8000)
  page.on('pageerror', e => { throw e })
  page.on('console', m => { if (/Content Security|Refused|Vue warn/.test(m.text())) throw new Error(m.text()) })
  await page.goto(base)
  await page.getByLabel('账号').fill(name)
  await page.getByLabel('密码').fill('Wanshi-Demo-2026')
  await page.keyboard.press('Enter')
  await page.locator('.rail').waitFor()
  const dialog = page.getByRole('dialog')
  return {
    page, dialog,
    goes: async path => { await page.goto(base + path, { waitUntil: 'networkidle' }) },
    press: text => page.getByRole('button', { name: text, exact: true }).click(),
    sees: text => page.getByText(text).first().waitFor(),
    async shot(text) {
      for (const width of [1440, 1024]) {
        await page.setViewportSize({ width, height: width < 1200 ? 768 : 900 })
        await page.waitForTimeout(350)
        await page.screenshot({ path: `${out}/${width}-finance-${text}.png`, fullPage: !await dialog.isVisible() })
        await page.evaluate(axe)
        const { violations } = await page.evaluate(() => window.axe.run({ exclude: [['.el-message']] }))
        for (const v of violations) {
          // A dialog stands outside every landmark; Element's to mend.
          if (v.id === 'region') continue
          bad += 1
          console.log(`✗ ${text} ${width} axe ${v.id} ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`)
        }
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) { bad += 1; console.log(`✗ ${text} ${width} scrolls sideways`) }
      }
      await page.setViewportSize({ width: 1440, height: 900 })
    },
  }
}
async function call(token, method, path, body) {
  const reply = await fetch(api + path, { method, body: body && JSON.stringify(body), headers: { ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) } })
  if (!reply.ok) throw new Error(`${method} ${path} → ${reply.status} ${await reply.text()}`)
  return reply.json()
}

// A case that costs something, and the bill of it; then more of the same without the cases.
async function bills() {
  const caseNo = execFileSync(process.execPath, [at('./make-case.mjs'), '13900000002', '居住证补领'], { encoding: 'utf8', env: { ...process.env, CHROMIUM: binary } }).trim()
  const police = await desk('sun.police')
  await police.goes(`/cases/${caseNo}`)
  await police.press('受理')
  await police.press('确认受理')
  await police.sees('已受理')
  await police.goes(`/cases/${caseNo}`)
  for (const point of await police.page.getByRole('radiogroup').all()) await point.getByText('符合', { exact: true }).click()
  await police.press('准予')
  await police.dialog.getByLabel(/审查意见/).fill('符合条件')
  await police.press('确认准予')
  await police.sees('已通知申请人缴费')
  step(`billed: ${caseNo}`)
}
if (!process.env.BILLED) await bills()
const token = (await call('', 'POST', '/sessions', { login: '13900000002', password: 'Wanshi-Demo-2026' })).access_token
for (let n = 0; n < 40 && !(await call(token, 'GET', '/bills')).items.some(b => b.state === 'unpaid' && b.source === 'cases'); n += 1) await new Promise(r => setTimeout(r, 250))
prepare('bills')

async function pays(bill) {
  const { go, order_no } = await call(token, 'POST', `/bills/${bill.bill_no}/orders`, { channel: 'nontax', product: 'h5' })
  await fetch(go.told.url, { method: 'POST', body: new URLSearchParams({ act: 'pay' }), redirect: 'manual' })
  for (let n = 0; n < 20; n += 1) {
    if ((await call(token, 'GET', `/orders/${order_no}`)).state === 'paid') return
    await new Promise(r => setTimeout(r, 250))
  }
  throw new Error(`${bill.bill_no} was not paid`)
}
const open = (await call(token, 'GET', '/bills')).items.filter(b => b.state === 'unpaid' && b.fee_class === 'treasury')
if (!process.env.BILLED && !open.some(b => b.source === 'cases')) throw new Error('the case made no bill')
const [spared, ...others] = open.filter(b => b.source !== 'cases')
for (const bill of [...open.filter(b => b.source === 'cases'), ...others]) await pays(bill)
step(`paid at the cashier: ${open.length - 1}`)

const cai = await desk('cai.finance')
await cai.sees('缴款单')
await cai.goes('/payments')
await cai.shot('bills')
await cai.press(`作废：${spared.bill_no}`)
await cai.press('作废')
await cai.sees('请写明理由')
await cai.press('重复开单')
await cai.shot('void')
await cai.press('作废')
await cai.sees('已作废')
step('one bill taken back, with its reason')
const given = others[0]
await cai.goes('/payments?state=paid')
await cai.press(`申请退款：${given.bill_no}`)
await cai.page.getByLabel('退款金额（元）').fill('20.01')
await cai.press('重复缴款')
await cai.press('提交复核')
await cai.sees('最多可退 20.00 元')
await cai.page.getByLabel('退款金额（元）').fill('5.50')
await cai.shot('ask')
await cai.press('提交复核')
await cai.sees('本人申请，须由另一人复核')
if (await cai.page.getByRole('button', { name: `同意：${given.bill_no}` }).count()) throw new Error('one’s own refund can be decided')
await cai.shot('refund-own')
step('asked for a part; one’s own request stays shut')

const jin = await desk('jin.finance')
await jin.goes('/payments/refunds?state=asked')
await jin.shot('refunds')
await jin.page.locator('tr', { hasText: given.bill_no }).getByRole('button', { name: /^同意/ }).click()
await jin.shot('agree')
await jin.press('同意退款')
await jin.sees('已同意，正在退款')
for (let n = 0; n < 40; n += 1) {
  await jin.goes('/payments/refunds?state=success')
  if (await jin.page.locator('tr', { hasText: given.bill_no }).count()) break
  await jin.page.waitForTimeout(1000)
}
await jin.page.locator('tr', { hasText: given.bill_no }).first().waitFor()
await jin.shot('refunded')
step('agreed by another, and refunded at the channel')
await jin.goes('/payments/fee-items')
await jin.sees('居住证工本费')
if (await jin.page.getByRole('button', { name: /^修改/ }).count()) throw new Error('an executing unit changes the list')
await jin.shot('fee-items-own')
await jin.page.goto(`${base}/payments/reconciliation`)
await jin.page.waitForURL(/\/payments$/)
step('the executing unit only looks, and does not reconcile')

prepare('days')
const bao = await desk('bao.treasury')
await bao.goes('/payments')
await bao.shot('bills-treasury')
await bao.goes('/payments/fee-items')
await bao.shot('fee-items-none')
await bao.page.getByLabel('执收单位的统一社会信用代码').fill('11341602MBDM00020N')
await bao.press('查看')
await bao.press('修改：居住证工本费')
await bao.page.getByLabel('单项上限（元，可不填）').fill('25.5')
await bao.page.getByText('罚款', { exact: true }).click()
await bao.sees('每日加处 3%（法定）')
await bao.page.getByRole('radiogroup', { name: '性质' }).getByText('收费', { exact: true }).click()
await bao.shot('fee-item')
await bao.press('保存')
await bao.sees('25.50')
await bao.shot('fee-items')
step('the treasury changes the list')

await bao.goes('/payments/reconciliation')
await bao.shot('days')
const worst = bao.page.locator('tbody tr', { hasText: '有差异' }).first()
await worst.getByRole('button').click()
await bao.sees('渠道对账单收款')
if (await bao.page.getByRole('button', { name: '日结', exact: true }).isEnabled()) throw new Error('a day with differences can be closed')
await bao.shot('day')
const rows = bao.page.getByRole('button', { name: /^处理：/ })
await rows.first().waitFor()
let left = await rows.count()
step(`${left} differences`)
await rows.first().click()
await bao.press('处理')
await bao.sees('请写明凭据')
await bao.press('见银行回单')
await bao.shot('resolve')
while (left) {
  if (!await bao.dialog.isVisible()) { await rows.first().click(); await bao.press('已与渠道核对流水') }
  await bao.press('处理')
  left -= 1
  await bao.page.waitForFunction(n => document.querySelectorAll('button[aria-label^="处理："]').length === n, left)
  await bao.dialog.waitFor({ state: 'hidden' })
}
await bao.shot('day-resolved')
await bao.press('日结')
await bao.shot('close')
await bao.dialog.getByRole('button', { name: '日结' }).click()
await bao.sees('已日结，不再改动')
await bao.shot('day-closed')
step('every difference ended on evidence, the day closed on its proof')
await browser.close()
if (bad) { console.log(`✗ ${bad} findings`); process.exit(1) }
