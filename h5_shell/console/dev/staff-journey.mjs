// An account's life in the browser, against a running platform with demo data: two administrators,
// a new officer who activates, binds a mapped system, is moved, and is cancelled while working.
//   WANSHI_STAFF=http://console.localhost:8801 node dev/staff-journey.mjs        It changes staff.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const out = fileURLToPath(new URL('../../../build/console', import.meta.url))
const binary = [process.env.CHROMIUM, fileURLToPath(new URL('../../../var/assets/bin/chromium', import.meta.url))].find(p => p && existsSync(p))
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const step = text => console.log(`✓ ${text}`)
const login = `li.${Date.now().toString(36)}`

async function desk(name, password = 'Wanshi-Demo-2026') {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  page.on('pageerror', e => { throw e })
  page.on('console', m => { if (/Content Security|Refused/.test(m.text())) throw new Error(m.text()) })
  await page.goto(base)
  await page.getByLabel('账号').fill(name)
  await page.getByLabel('密码').fill(password)
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

const admin = await desk('admin.system')
await admin.press('新开账号')
await admin.page.getByLabel('姓名').fill('李试')
await admin.page.getByLabel('账号', { exact: true }).fill(login)
await admin.page.getByLabel('部门').click()
await admin.page.getByText('安徽省数据资源管理局（演示）').last().click()
await admin.page.locator('.el-checkbox', { hasText: '监察人员' }).click()
await admin.press('新录用')
await admin.press('开户')
const code = await admin.page.locator('.slip .code').innerText()
await admin.page.waitForTimeout(500)
await admin.shot('code')
await admin.press('已交给本人')
await admin.sees(login)
step(`opened ${login}`)

const fresh = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
await fresh.goto(`${base}/activate`)
await fresh.getByLabel('账号').fill(login)
await fresh.getByLabel('激活码').fill(code.toLowerCase().replaceAll('-', ''))
await fresh.getByLabel('新密码').fill('试一个好密码-2026')
await fresh.getByLabel('再输一遍').fill('试一个好密码-2026')
await fresh.getByRole('button', { name: '设置密码' }).click()
await fresh.getByText('密码已设置').waitFor()
step('activated with the code, typed carelessly')

const officer = await desk(login, '试一个好密码-2026')
if (await officer.page.getByRole('link', { name: '人员' }).count()) throw new Error('the register is not for everybody')
await officer.page.goto(`${base}/people`)
await officer.page.waitForURL('**/reviews')
await officer.goes('我的系统')
step('the officer is led to what the post allows, and the register stays shut')
await officer.press('绑定账号')
const bind = (await officer.page.locator('.steps .code').innerText()).trim()
await officer.page.waitForTimeout(500)
await officer.shot('bind-code')
const there = officer.page.context().waitForEvent('page')
await officer.page.getByRole('link', { name: /绑定页/ }).click()
const archive = await there
await archive.getByLabel('本系统账号').fill('dagl_li')
await archive.getByLabel('本系统密码').fill('archive-2026')
await archive.getByLabel('绑定码').fill(bind)
await archive.getByRole('button', { name: '确认绑定' }).click()
await archive.getByText('绑定成功').waitFor()
await archive.screenshot({ path: `${out}/1440-journey-bound-there.png` })
await officer.press('我已完成')
await officer.sees('已绑定该系统账号')
step('bound a local account of the mapped system')

await archive.getByRole('link', { name: '使用统一身份登录' }).click()
await archive.getByText('您好，档案督查 李').waitFor({ timeout: 8000 }).catch(async e => { console.log(archive.url(), (await archive.locator('body').innerText()).slice(0, 300)); throw e })
step('signed on to the mapped system as that local account, without another password')

const elsewhere = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
elsewhere.setDefaultTimeout(8000)
await admin.page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '业务系统' }).click()
await admin.page.getByRole('link', { name: '安徽省政务督办系统（演示）' }).click()
await admin.sees('账号推送')
const home = await admin.page.locator('dd', { hasText: /^http.*\d$/ }).first().innerText()
await elsewhere.goto(home)
await elsewhere.getByRole('link', { name: '使用统一身份登录' }).click()
await elsewhere.getByRole('heading', { name: '登录 安徽省政务督办系统（演示）' }).waitFor()
await elsewhere.screenshot({ path: `${out}/1440-journey-authorise.png` })
await elsewhere.getByLabel('账号').fill(login)
await elsewhere.getByLabel('密码').fill('试一个好密码-2026')
await elsewhere.keyboard.press('Enter')
await elsewhere.getByText('您好，李试').waitFor()
await elsewhere.screenshot({ path: `${out}/1440-journey-unified.png` })
step('signed on to the unified system from its own page')

await admin.goes('人员')
await admin.page.getByRole('link', { name: '李试' }).first().click()
await admin.sees('dagl_li')
await admin.press('调岗')
await admin.page.locator('.el-checkbox', { hasText: '监察人员' }).click()
await admin.page.locator('.el-checkbox', { hasText: '安全审计员' }).click()
await admin.press('岗位轮换')
await admin.press('确认调岗')
await admin.sees('待复核的管理员授权')
await admin.page.waitForTimeout(500)
await admin.shot('proposed')
step('an administrator role waits for the second person')
const security = await desk('admin.security')
await security.sees('待复核的管理员授权')
await security.shot('to-confirm')
await security.press('复核通过')
await security.sees('已复核，授权生效')
step('the other administrator confirmed it')
await officer.page.reload()
await officer.page.waitForURL('**/sign-in**')
step('the officer of the old post is out and signs in again')

const auditor = await desk(login, '试一个好密码-2026')
await auditor.sees('人员')
if (await auditor.page.getByRole('button', { name: '新开账号' }).count()) throw new Error('the auditor only reads')
await admin.page.reload()
await admin.sees('安全审计员')
await admin.press('注销')
await admin.press('离职')
await admin.press('确认注销')
await admin.sees('账号已注销')

const began = Date.now()
await auditor.goes('部门')
await auditor.sees('登录已失效')
step(`cancelled: the next click of the open page asks for a sign-in (${Date.now() - began} ms)`)
await auditor.page.waitForTimeout(500)
await auditor.shot('thrown-out')
await admin.shot('cancelled')
for (const [page, word] of [[elsewhere, '统一用户'], [archive, '账号映射']]) {
  for (let n = 0; n < 20 && await page.getByText('您好').count(); n += 1) {
    await page.waitForTimeout(250)
    await page.reload()
  }
  if (await page.getByText('您好').count()) throw new Error(`still in: ${word}`)
}
step('out of both department systems as well')
await browser.close()
