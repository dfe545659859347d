// The messages desk and the counter in the browser: one parked delivery is sent again, one bill is taken with the keyboard alone.
//   WANSHI_STAFF=http://console.localhost:8801 PAY_CODE=… node dev/message-pages.mjs
// It changes things. PAY_CODE is an unpaid bill's; without it the counter is looked at only. Pictures at 1440, an axe run on each: build/console, or SHOTS.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const at = path => fileURLToPath(new URL(path, import.meta.url))
const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const out = process.env.SHOTS ?? at('../../../build/console')
mkdirSync(out, { recursive: true })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const binary = [process.env.CHROMIUM, at('../../../var/assets/bin/chromium')].find(p => p && existsSync(p))
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
let bad = 0

async function desk(name) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(8000)
  page.on('pageerror', e => { throw e })
  await page.goto(base)
  await page.getByLabel('账号').fill(name)
  await page.getByLabel('密码').fill('Wanshi-Demo-2026')
  await page.keyboard.press('Enter')
  await page.locator('.rail').waitFor()
  return page
}
async function shot(page, text) {
  await page.waitForTimeout(400)
  await page.screenshot({ path: `${out}/1440-${text}.png` })
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ exclude: [['.el-message']] }))
  for (const v of violations) {
    // A dialog stands outside every landmark; Element's to mend.
    if (v.id === 'region') continue
    bad += 1
    console.log(`✗ ${text} axe ${v.id} ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`)
  }
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) { bad += 1; console.log(`✗ ${text} scrolls sideways`) }
  console.log(`✓ ${text}`)
}

const wen = await desk('wen.message')
await wen.goto(`${base}/messages`, { waitUntil: 'networkidle' })
await shot(wen, 'messages-parked')
const again = wen.getByRole('button', { name: /^重新发送：/ }).first()
if (await again.isVisible()) {
  await again.click()
  await shot(wen, 'messages-confirm')
  await wen.getByRole('dialog').getByRole('button', { name: '重新发送' }).click()
  await wen.getByText('条已重新发送').waitFor()
  await shot(wen, 'messages-replayed')
}
await wen.goto(`${base}/messages?state=failed`, { waitUntil: 'networkidle' })
await shot(wen, 'messages-failed')
await wen.goto(`${base}/messages/carriers`, { waitUntil: 'networkidle' })
await shot(wen, 'messages-carriers')

const qin = await desk('qin.cashier')
await qin.goto(`${base}/cashier`, { waitUntil: 'networkidle' })
await shot(qin, 'cashier-code')
if (process.env.PAY_CODE) {
  const types = async text => { await qin.keyboard.type(text); await qin.keyboard.press('Enter') }
  await types(process.env.PAY_CODE)
  await qin.getByLabel('收到现金（元）').waitFor()
  await types('1')
  await qin.getByText('收到的现金不够').waitFor()
  await qin.keyboard.press('ControlOrMeta+A')
  await qin.keyboard.type('100')
  await shot(qin, 'cashier-due')
  await qin.keyboard.press('Enter')
  await qin.getByRole('button', { name: '确认收款' }).waitFor()
  await shot(qin, 'cashier-sure')
  await qin.keyboard.press('Enter')
  await qin.getByRole('heading', { name: /^已收现金/ }).waitFor()
  await shot(qin, 'cashier-done')
  await qin.keyboard.press('Enter')
  await qin.getByLabel('缴款码').waitFor()
  await types(process.env.PAY_CODE)
  await qin.getByText('请勿重复收款').waitFor()
  await shot(qin, 'cashier-paid')
}
await browser.close()
process.exitCode = bad ? 1 : 0
