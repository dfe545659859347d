// The window for all authorities, in the browser: an applicant is taken in from opening to hand-in.
//   WANSHI_STAFF=http://console.localhost:8801 node dev/counter-journey.mjs [item name]        It files a case.
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const wanted = process.argv[2] ?? '公共租赁住房'
const out = fileURLToPath(new URL('../../../build/console', import.meta.url))
mkdirSync(out, { recursive: true })
const binary = [process.env.CHROMIUM, fileURLToPath(new URL('../../../var/assets/bin/chromium', import.meta.url))].find(p => p && existsSync(p))
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const step = text => console.log(`✓ ${text}`)
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })).newPage()
page.setDefaultTimeout(10_000)
page.on('pageerror', e => { throw e })
page.on('console', m => { if (/Content Security|Refused|Vue warn/.test(m.text())) throw new Error(m.text()) })
const shot = name => page.screenshot({ path: `${out}/1440-counter-${name}.png` })
const press = name => page.getByRole('button', { name, exact: true }).click()
/** A sheet that says it is a sample. */
async function paper(name) {
  const sheet = await page.context().newPage()
  await sheet.setViewportSize({ width: 760, height: 980 })
  await sheet.setContent(`<body style="margin:60px;font:22px/2 serif"><h1 style="text-align:center">${name}</h1><p>仅用于演示环境，不具有任何效力。</p><p>王秀兰 341602195608122629</p><p>2026年11月20日</p></body>`)
  const buffer = await sheet.screenshot({ type: 'jpeg', quality: 85 })
  await sheet.close()
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer }
}

await page.goto(base)
await page.getByLabel('账号').fill('feng.window')
await page.getByLabel('密码').fill('Wanshi-Demo-2026')
await page.keyboard.press('Enter')
await page.locator('.rail').waitFor()
await page.goto(`${base}/counter`)
await page.getByRole('combobox', { name: '要办的事项' }).click()
await page.locator('.item-option').first().waitFor()
await shot('items')
await page.getByRole('combobox', { name: '要办的事项' }).fill(wanted)
await page.locator('.item-option', { hasText: wanted }).first().click()
await page.getByLabel('姓名').fill('王秀兰')
await page.getByLabel('身份证号').fill('341602195608122629')
await page.locator('.el-checkbox', { hasText: '申请人在场' }).click()
await shot('begin')
await press('开始受理')
await page.getByRole('button', { name: '提交并收件' }).waitFor()
step(`opened ${await page.locator('h2').first().innerText()}`)
await page.waitForTimeout(400)
await shot('draft')
await press('提交并收件')
await page.locator('.bad, .el-alert').first().waitFor()
await page.waitForTimeout(300)
await shot('missing')
step(`what is missing is said: ${await page.locator('.el-alert').first().innerText()}`)

const number = async (name, value) => { await page.getByRole('spinbutton', { name }).fill(String(value)); await page.keyboard.press('Tab') }
await number('家庭月收入（元）', 4200)
await page.locator('.el-select', { has: page.getByRole('combobox', { name: '现在住房情况' }) }).click()
await page.locator('.el-select-dropdown__item:visible').first().click()
await page.locator('.el-checkbox', { hasText: '我承诺' }).click()
const rows = page.locator('li', { has: page.locator('input[type=file]') })
for (let n = 0; n < await rows.count(); n++) {
  const row = rows.nth(n)
  await row.locator('input[type=file]').setInputFiles(await paper(await row.locator('b').first().innerText()))
  await row.getByText('已扫描').waitFor()
}
step(`scanned ${await rows.count()} papers`)
await page.waitForTimeout(3000)
await page.screenshot({ path: `${out}/1440-counter-filled.png`, fullPage: true })
await press('提交并收件')
await page.getByText('已转给承办部门').waitFor()
await page.waitForTimeout(400)
await shot('filed')
const no = (await page.locator('.page').innerText()).match(/[\d ]{26,34}/)?.[0].replaceAll(' ', '')
step(`filed ${no}`)
await page.getByRole('link', { name: '打开办件' }).click()
await page.getByText('本次查看已记录').waitFor()
await page.waitForTimeout(500)
await shot('case')

// The authority's desk, over its own interface: this journey is the window's.
async function desk(login) {
  const session = await (await fetch(`${base.replace('console.localhost', '127.0.0.1')}/staff/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password: 'Wanshi-Demo-2026' }) })).json()
  const call = async (method, path, body, headers = {}) => {
    const reply = await fetch(`${base.replace('console.localhost', '127.0.0.1')}/staff/v1${path}`, { method, body: body && JSON.stringify(body), headers: { authorization: `Bearer ${session.access_token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers } })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${method} ${path} → ${reply.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }
  const read = () => call('GET', `/cases/${no}`)
  return { read, deed: async (name, body) => call('POST', `/cases/${no}/${name}`, body, { 'if-match': `"${(await read()).version}"` }) }
}
const housing = await desk('zhao.housing')
const asked = (await housing.read()).materials[0]
await housing.deed('request-correction', { reason: '签名不清晰，请重新提交', materials: [asked.code], fields: ['monthly_income'] })
step(`the authority asks for ${asked.name} again`)

await page.goto(`${base}/counter?way=correction`)
await page.getByLabel('办件编号').fill(no.replace(/(.{12})(.{8})/, '$1 $2 '))
await page.getByLabel('姓名').fill('王秀兰')
await page.getByLabel('身份证号').fill('341602195608122629')
await page.locator('.el-checkbox', { hasText: '代收补正' }).click()
await shot('correction-begin')
await press('核对到场')
await page.getByText('要补正的内容').waitFor()
if (await page.getByRole('button', { name: '交补正' }).isEnabled()) throw new Error('a correction without its paper must wait')
await page.locator('input[type=file]').first().setInputFiles(await paper(asked.name))
await page.getByText('已扫描').first().waitFor()
await number('家庭月收入（元）', 3900)
await page.waitForTimeout(500)
await shot('correction')
await press('交补正')
await page.getByText('已交回承办部门').waitFor()
step('the correction is taken in')

await housing.deed('accept')
await housing.deed('approve', { note: '符合条件', points: (await housing.read()).review_points.map(p => ({ code: p.code, mark: 'pass' })) })
for (let n = 0; n < 60 && (await housing.read()).state === 'making' && !(await housing.read()).actions.some(a => a.name === 'hand-over'); n++) await page.waitForTimeout(500)
await housing.deed('hand-over')
await page.goto(`${base}/counter?way=delivery`)
await page.getByText('王').first().waitFor()
await shot('delivery')
await page.locator('tr', { hasText: no.slice(-8) }).getByRole('button', { name: '核对并送达' }).click()
await page.getByLabel('申请人身份证号').fill('341602199003070711')
await press('已交给领取人')
await page.locator('.el-dialog .el-alert, .el-dialog .el-form-item__error').first().waitFor()
await page.waitForTimeout(400)
await shot('delivery-wrong-card')
await page.getByLabel('申请人身份证号').fill('341602195608122629')
await press('已交给领取人')
await page.getByText('已送达，办件办结').waitFor()
await page.waitForTimeout(400)
await shot('delivered')
step(`handed out: ${(await housing.read()).state_name}`)
await browser.close()
