// One thing of several authorities, taken in at a window.
//   WANSHI_STAFF=http://console.localhost:8801 node dev/window-bundle-journey.mjs        It files a bundle.
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const out = fileURLToPath(new URL('../../../build/console', import.meta.url))
mkdirSync(out, { recursive: true })
const binary = [process.env.CHROMIUM, fileURLToPath(new URL('../../../var/assets/bin/chromium', import.meta.url))].find(p => p && existsSync(p))
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const step = text => console.log(`✓ ${text}`)
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })).newPage()
page.setDefaultTimeout(10_000)
page.on('pageerror', e => { throw e })
page.on('console', m => { if (/Content Security|Refused|Vue warn/.test(m.text())) throw new Error(m.text()) })
const shot = async name => { await page.waitForTimeout(400); await page.screenshot({ path: `${out}/1440-window-bundle-${name}.png`, fullPage: true }) }
const press = name => page.getByRole('button', { name, exact: true }).click()
async function paper(name) {
  const sheet = await page.context().newPage()
  await sheet.setContent(`<body style="margin:60px;font:22px/2 serif"><h1>${name}</h1><p>仅用于演示环境，不具有任何效力。</p></body>`)
  const buffer = await sheet.screenshot({ type: 'jpeg', quality: 85 })
  await sheet.close()
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer }
}

await page.goto(base)
await page.getByLabel('账号').fill('feng.window')
await page.getByLabel('密码').fill('Wanshi-Demo-2026')
await page.keyboard.press('Enter')
await page.locator('.rail').waitFor()
await page.goto(`${base}/counter?way=bundle`)
await page.locator('tr', { hasText: '企业开办' }).getByRole('button', { name: '受理' }).waitFor()
await shot('themes')
await page.locator('tr', { hasText: '企业开办' }).getByRole('button', { name: '受理' }).click()
await press('看看怎么办')
await page.getByText('请回答').first().waitFor()
await page.locator('.el-radio', { hasText: '超市' }).click()
await page.locator('.el-form-item', { hasText: '职工' }).locator('.el-radio').first().click()
await press('看看怎么办')
await page.getByRole('spinbutton', { name: /面积/ }).waitFor()
step('a question appears that the answers make necessary')
await page.getByRole('spinbutton', { name: /面积/ }).fill('120')
await page.keyboard.press('Tab')
await press('看看怎么办')
await page.getByText(/项事一起办/).waitFor()
step(await page.getByText(/项事一起办/).innerText())
await page.getByLabel('姓名').fill('王秀兰')
await page.getByLabel('身份证号').fill('341602195608122629')
await page.locator('.el-checkbox', { hasText: '申请人在场' }).click()
await shot('plan')
await press('开始受理')
await page.getByRole('button', { name: '一起提交并收件' }).waitFor()
await press('一起提交并收件')
await page.locator('.el-alert').first().waitFor()
await shot('missing')
step(`what is missing is said: ${await page.locator('.el-alert').first().innerText()}`)
for (const box of await page.locator('.fields .el-input__inner:not([role]):visible, .fields textarea:visible').all()) if (!await box.inputValue() && !await box.getAttribute('readonly')) { await box.fill('亳州市谯城区演示路 8 号'); await page.keyboard.press('Tab') }
for (const box of await page.locator('.fields [role=spinbutton]').all()) if (!await box.inputValue()) { await box.fill('10'); await page.keyboard.press('Tab') }
for (const box of await page.locator('.fields .el-select').all()) {
  await box.click()
  await page.locator('.el-select-dropdown__item:visible').first().click()
}
for (const box of await page.locator('.fields input[type=date]').all()) { await box.fill('2026-12-01'); await box.dispatchEvent('change') }
for (const tick of await page.locator('.fields .el-checkbox:not(.is-checked)').all()) await tick.click()
const rows = page.locator('li', { has: page.locator('input[type=file]') })
for (let n = 0; n < await rows.count(); n++) {
  await rows.nth(n).locator('input[type=file]').first().setInputFiles(await paper(await rows.nth(n).locator('b').first().innerText()))
  await rows.nth(n).getByText('已扫描').waitFor()
}
step(`scanned ${await rows.count()} papers`)
await page.locator('.el-radio', { hasText: '一并邮寄' }).click()
await page.getByLabel('收件人', { exact: true }).fill('王秀兰')
await page.getByLabel('收件人手机号').fill('13900000002')
await page.getByLabel('收件地址').fill('亳州市谯城区薛阁街道演示路 8 号')
await shot('filled')
await press('一起提交并收件')
await page.getByText('已同时转给各部门').or(page.locator('.el-alert')).first().waitFor()
if (await page.locator('.el-alert').count()) { await shot('refused'); throw new Error(await page.locator('.el-alert').first().innerText()) }
await shot('filed')
step(await page.getByText('已同时转给各部门').innerText())
await browser.close()
