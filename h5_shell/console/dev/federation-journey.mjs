// A platform's life in the browser, and what the security administrator and the window officer do,
// against a running platform with demo data and at least one import with conflicts and one review
// proposed by somebody else.
//   WANSHI_STAFF=http://console.localhost:8801 node dev/federation-journey.mjs     It changes things.
import { existsSync, readFileSync } from 'node:fs'
import { webcrypto } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const out = fileURLToPath(new URL('../../../build/console', import.meta.url))
const binary = [process.env.CHROMIUM, fileURLToPath(new URL('../../../var/assets/bin/chromium', import.meta.url))].find(p => p && existsSync(p))
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const step = text => console.log(`✓ ${text}`)
const CODE = process.env.CITY ?? '341000'

async function key(kid) {
  const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const of = async which => ({ ...await webcrypto.subtle.exportKey('jwk', pair[which]), kid })
  return { open: await of('publicKey'), secret: await of('privateKey') }
}
async function desk(name) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  page.on('pageerror', e => { throw e })
  await page.goto(base)
  await page.getByLabel('账号').fill(name)
  await page.getByLabel('密码').fill('Wanshi-Demo-2026')
  await page.keyboard.press('Enter')
  await page.locator('.rail').waitFor()
  return {
    page,
    press: text => page.getByRole('button', { name: text, exact: true }).click(),
    sees: text => page.getByText(text).first().waitFor(),
    shot: text => page.screenshot({ path: `${out}/1440-journey-${text}.png` }),
    goes: text => page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: text }).click(),
  }
}

const [first, second] = [await key(`k-${CODE}-a`), await key(`k-${CODE}-b`)]
const admin = await desk('admin.system')
await admin.goes('平台互认')
await admin.press('复制公钥')
await admin.sees('已复制')
const own = JSON.parse(await admin.page.evaluate(() => navigator.clipboard.readText()))
if (own.keys[0].crv !== 'P-256' || own.keys[0].d) throw new Error('not a public key')
step(`own key copied, ${own.level} ${own.code}`)

await admin.press('登记平台')
const box = label => admin.page.getByLabel(label, { exact: true })
await box('平台名称').fill('黄山市统一身份认证平台')
await box('互认接口地址').fill('http://127.0.0.1:9')
await box('门户地址').fill('http://huangshan.localhost:9')
await box('对方公钥（JWK）').fill(JSON.stringify(first.secret))
await admin.sees('粘贴的内容含有私钥')
await admin.press('登记')
await admin.page.waitForTimeout(300)
if (!await admin.page.getByRole('dialog').isVisible()) throw new Error('a private key was sent')
step('a private key is refused in the browser')
await box('对方公钥（JWK）').fill(JSON.stringify(own))
await box('地区代码').fill(own.code)
await admin.press('登记')
await admin.page.locator('.el-dialog .el-alert').waitFor()
step(`our own code is refused by the server: ${await admin.page.locator('.el-dialog .el-alert').innerText()}`)
await box('地区代码').fill('')
await box('对方公钥（JWK）').fill(JSON.stringify({ code: CODE, level: 'city', keys: [first.open] }))
await admin.sees('请与对方电话核对指纹')
await admin.press('登记')
await admin.page.waitForURL(`**/federation/${CODE}`)
await admin.sees(`city-${CODE}-1`)
step('registered, the code read from what was handed over')

await admin.press('修改')
await box('对方公钥（JWK）').fill(JSON.stringify([first.open, second.open]))
await admin.sees('读到 1 个新公钥')
await admin.press('保存')
await admin.sees('登记版本 2')
step('a second key added; only the new one is to be compared')

const slow = await desk('admin.system')
await slow.page.goto(`${base}/federation/${CODE}`)
await slow.sees('登记版本 2')
await admin.press('停用')
await admin.press('对方系统改造')
await admin.press('确认停用')
await admin.sees('已作废')
step('suspended, the client id is void')
await slow.press('停用')
await slow.press('对方系统改造')
await slow.press('确认停用')
await slow.page.locator('.el-dialog .el-alert').waitFor()
step(`whoever saw an older version is told: ${await slow.page.locator('.el-dialog .el-alert').innerText()}`)
await admin.press('恢复')
await admin.press('问题已排除')
await admin.press('确认恢复')
await admin.sees('客户端标识已换新')
await admin.sees(`city-${CODE}-2`)
await admin.page.waitForTimeout(400)
await admin.shot('resumed')
step('resumed under another client id, and told to hand it on')

await admin.goes('平台互认')
if (await admin.page.locator('.alarm').count()) {
  await admin.page.locator('tr', { has: admin.page.locator('.alarm') }).getByRole('link').first().click()
  await admin.press('重新推送')
  await admin.page.getByRole('dialog').getByRole('button', { name: '重新推送' }).click()
  await admin.sees('已重新推送')
  step('pushed again')
}
await admin.goes('存量用户导入')
await admin.page.locator('tbody a').last().click()
await admin.press('显示更多')
await admin.page.waitForFunction(() => document.querySelectorAll('tbody tr').length > 100)
const shown = await admin.page.locator('tbody tr').count()
const saving = admin.page.waitForEvent('download')
await admin.press('导出所列（CSV）')
const lines = readFileSync(await (await saving).path(), 'utf8').split('\r\n')
if (lines.length !== shown + 2 || !lines[0].startsWith('\uFEFF"数据行号')) throw new Error(`${lines.length} lines for ${shown} rows: ${lines[0]}`)
step(`saved what is shown: ${shown} rows, ${lines[1]}`)

const auditor = await desk('admin.audit')
for (const path of [`/federation/${CODE}`, '/federation', '/imports']) {
  await auditor.page.goto(base + path, { waitUntil: 'networkidle' })
  for (const name of ['登记平台', '修改', '停用', '重新推送']) if (await auditor.page.getByRole('button', { name, exact: true }).count()) throw new Error(`the auditor only reads: ${name}`)
}
await auditor.page.goto(`${base}/locks`)
await auditor.page.waitForURL('**/people')
step('the auditor only reads, and the locks stay shut')

const wrong = async () => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(base)
  await page.getByLabel('账号').fill('qian.review')
  await page.getByLabel('密码').fill('not-the-password')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  const said = await page.getByRole('alert').innerText()
  await page.context().close()
  return said
}
let said = ''
for (let n = 0; n < 6 && !/锁定|秒|分钟/.test(said); n += 1) said = await wrong()
step(`locked: ${said}`)
const guard = await desk('admin.security')
await guard.goes('解除登录锁定')
await guard.page.getByText('工作人员', { exact: true }).click()
await guard.page.getByLabel('工作人员账号').fill('qian.review')
await guard.page.getByText('已核实请求确为本人提出').click()
await guard.press('解除登录锁定')
await guard.sees('所填登录名现在没有登录锁定')
step('released')
// Tries of the last minute count on; a lock's end does not forget them.
await guard.page.waitForTimeout(60_000)
await (await desk('qian.review')).sees('账号安全')
step('and signed in a minute later')

const clerk = await desk('wu.window')
await guard.page.goto(`${base}/people?q=wu.window`)
await guard.page.locator('tbody a').first().click()
await guard.press('移除第二重验证')
await guard.press('确认移除')
await guard.sees('已移除第二重验证')
await clerk.goes('视频核验')
await clerk.sees('登录已失效')
step('second factors removed, the officer is out')

await guard.page.goto(`${base}/reviews?state=proposed`)
await guard.page.locator('article').first().waitFor()
for (const card of await guard.page.locator('article').all()) {
  const [mine, off] = [(await card.innerText()).includes('您提出'), await card.getByRole('button', { name: '复核同意' }).isDisabled()]
  if (mine !== off) throw new Error('the buttons are off for whoever proposed, and for nobody else')
}
await guard.page.locator('article', { hasNotText: '您提出' }).first().getByRole('button', { name: '复核同意' }).click()
await guard.sees('已复核，了结')
step('decided on what somebody else proposed; one’s own stays shut')
await browser.close()
