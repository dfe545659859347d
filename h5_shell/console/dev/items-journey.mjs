// A new version of an item in the browser, by four people: editor, department, establishment, law.
//   WANSHI_STAFF=http://console.localhost:8801 node dev/items-journey.mjs [item name]        It publishes a version.
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

async function desk(login) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })).newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', e => { throw e })
  page.on('console', m => { if (/Content Security|Refused|Vue warn/.test(m.text())) throw new Error(m.text()) })
  await page.goto(base)
  await page.getByLabel('账号').fill(login)
  await page.getByLabel('密码').fill('Wanshi-Demo-2026')
  await page.keyboard.press('Enter')
  await page.locator('.rail').waitFor()
  const press = name => page.getByRole('button', { name, exact: true }).first().click()
  return { page, press, shot: async name => { await page.waitForTimeout(400); await page.screenshot({ path: `${out}/1440-items-${name}.png` }) } }
}

const editor = await desk('shen.items')
const { page } = editor
await page.goto(`${base}/items/published`)
await page.locator('tbody a').first().waitFor()
await editor.shot('published')
await page.getByLabel('搜索已发布事项').fill(wanted)
await page.keyboard.press('Enter')
await page.locator('tbody a', { hasText: wanted }).first().click()
await page.locator('.title .el-button').waitFor()
await editor.shot('guide')
await page.locator('.title .el-button').click()
await page.getByText('质量检查').waitFor()
step(`a draft of ${await page.locator('h1').innerText()}`)
await editor.shot('draft')

// First something the rules refuse: the same telephone for questions and for complaints.
await page.getByRole('button', { name: /^办理方式/ }).click()
const phone = await page.getByLabel('咨询电话').inputValue()
const complaint = await page.getByLabel('投诉电话').inputValue()
await page.getByLabel('投诉电话').fill(phone)
await editor.press('保存')
await page.locator('.error').first().waitFor()
await editor.shot('findings')
step(`found: ${(await page.locator('.side .error').allInnerTexts()).join(' | ').replaceAll('\n', ' ')}`)
await page.getByLabel('投诉电话').fill(complaint)
await page.getByRole('button', { name: '问答和公告' }).click()
await page.getByLabel('办理须知，每行一条').fill(`请先在网上核对家庭信息（${new Date().toISOString().slice(0, 16)}）`)
await page.keyboard.press('Tab')
await page.getByRole('button', { name: /^看修改/ }).click()
await editor.shot('changes')
await editor.press('保存')
await page.getByText('没有发现问题').or(page.locator('.side .warning').first()).waitFor()
await editor.press('和现行版比')
await page.getByRole('heading', { name: '和现行版的不同' }).waitFor()
await editor.shot('difference')
step('compared with the version in force')
await editor.press('提交审核')
await page.getByRole('dialog').getByRole('button', { name: '提交审核' }).click()
await page.getByText('已提交审核').waitFor()
await editor.shot('submitted')
const address = page.url()
for (const [login, name] of [['han.items', '部门审核'], ['jiang.posts', '编制审核'], ['shi.law', '法制审核']]) {
  const who = await desk(login)
  await who.page.goto(`${base}/items`)
  await who.page.locator('tbody a', { hasText: wanted }).first().click()
  await who.page.waitForURL(address)
  await who.page.getByRole('button', { name: '审核通过' }).waitFor()
  await who.shot(login)
  await who.press('审核通过')
  await who.page.getByRole('dialog').getByRole('button', { name: '审核通过' }).click()
  await who.page.getByText('已通过').first().waitFor()
  step(`${name}：${await who.page.locator('.title .ws-tag').innerText()}`)
  await who.page.context().close()
}
await page.reload()
await page.getByText('已发布').first().waitFor()
await editor.shot('done')
await page.goto(`${base}/items/published`)
await page.locator('tbody a', { hasText: wanted }).first().click()
await page.getByText('处不同').waitFor()
await editor.shot('versions')
step(await page.locator('.title .ws-tag').innerText())
await browser.close()
