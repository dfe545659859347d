// A version's way to the residents and back in the browser, by a city's team and its reviewers,
// against a running platform on which these have the demo password; PACKAGES holds two packages
// (1.zip, 2.zip) of an app that is out, each newer than what is out.
//   WANSHI_STAFF=http://console.localhost:8801 PACKAGES=… node dev/publisher-journey.mjs     It changes things.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const packages = process.env.PACKAGES
const appid = process.env.APP ?? 'ah341600housing'
const out = fileURLToPath(new URL('../../../build/console', import.meta.url))
mkdirSync(out, { recursive: true })
const binary = [process.env.CHROMIUM, fileURLToPath(new URL('../../../var/assets/bin/chromium', import.meta.url))].find(p => p && existsSync(p))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const step = text => console.log(`✓ ${text}`)
let bad = 0

async function desk(login) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  page.on('pageerror', e => { throw e })
  await page.goto(base)
  await page.getByLabel('账号').fill(login)
  await page.getByLabel('密码').fill('Wanshi-Demo-2026')
  await page.keyboard.press('Enter')
  await page.locator('.rail').waitFor()
  const press = text => page.getByRole('button', { name: text, exact: true }).click()
  const sees = text => page.getByText(text).first().waitFor()
  return {
    page, press, sees,
    opens: async () => { await page.goto(`${base}/apps/${appid}`, { waitUntil: 'networkidle' }); await page.locator('#version-head').waitFor() },
    does: async (deed, confirm, phrase) => {
      await press(deed)
      const box = page.getByRole('dialog')
      if (phrase) await box.getByRole('button', { name: phrase }).click()
      await box.getByRole('button', { name: confirm, exact: true }).click()
      await box.waitFor({ state: 'hidden' })
    },
    shot: async name => {
      await page.waitForTimeout(400)
      await page.screenshot({ path: `${out}/1440-apps-${name}.png`, fullPage: !await page.getByRole('dialog').isVisible() })
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => window.axe.run())
      for (const v of violations) { bad += 1; console.log(`✗ ${name} axe ${v.id} (${v.impact}) ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`) }
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) { bad += 1; console.log(`✗ ${name} scrolls sideways`) }
    },
  }
}

const team = await desk(process.env.TEAM ?? 'publish.341600')
const city = await desk(process.env.CITY ?? 'review.341600')
const province = await desk(process.env.PROVINCE ?? 'qian.review')

await team.page.goto(`${base}/apps`, { waitUntil: 'networkidle' })
await team.shot('list')
const send = async n => {
  await team.page.goto(`${base}/apps`, { waitUntil: 'networkidle' })
  await team.press('上传应用包')
  await team.page.getByLabel('应用包', { exact: true }).setInputFiles(`${packages}/${n}.zip`)
  if (n === 1) await team.shot('upload')
  await team.press('上传')
  await team.page.waitForURL(`**/apps/${appid}?v=*`)
  await team.page.locator('#version-head').waitFor()
}
await send(1)
await team.shot('checked')
step('uploaded, and led to the version')
await team.press('体验链接')
await team.press('复制链接')
await team.sees('已复制')
const link = await team.page.evaluate(() => navigator.clipboard.readText())
await team.shot('trial')
await team.press('关闭')
const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
// An open shell keeps a line open: the network is never idle.
await phone.goto(link)
await phone.waitForTimeout(2500)
await phone.screenshot({ path: `${out}/1440-apps-trial-phone.png` })
step(`trial link copied: ${link.slice(0, 70)}…`)
await team.does('提交审核', '提交审核', '新增功能')
await team.sees('等待市级审核员审核')
step('submitted')

await province.opens()
if (await province.page.getByRole('button', { name: '审核通过', exact: true }).count()) throw new Error('the city goes first')
await city.page.goto(`${base}/apps?waiting=1`, { waitUntil: 'networkidle' })
await city.shot('waiting')
await city.page.locator('tbody a').first().click()
await city.page.locator('#version-head').waitFor()
await city.press('审核通过')
await city.shot('review')
await city.page.getByRole('dialog').getByRole('button', { name: '确认通过' }).click()
await city.sees('等待省级审核员审核')
step('the city agreed, and can do so only once')
await province.opens()
await province.does('审核通过', '确认通过', '已实际体验')
await province.sees('待发布')
step('the province agreed')

await team.opens()
await team.press('开始灰度')
await team.page.getByRole('button', { name: '5%', exact: true }).click()
await team.sees('50‰，即 5%，约每 20 人中 1 人')
await team.shot('grey-dialog')
await team.page.getByRole('dialog').getByRole('button', { name: '开始灰度', exact: true }).click()
await team.sees('次打开')
await team.shot('grey')
await team.does('暂停灰度', '确认暂停', '失败率偏高')
await team.sees('灰度已暂停（')
await team.shot('halted')
await team.does('恢复灰度', '确认恢复')
await team.press('调整灰度')
await team.page.getByRole('button', { name: '10%', exact: true }).click()
await team.press('按此调整')
await team.sees('100‰，即 10%')
step('grey, halted, resumed, widened')
await team.press('全量发布')
await team.shot('release')
await team.press('确认发布给所有人')
await team.sees('居民在用')
await team.page.getByRole('button', { name: '回退版本', exact: true }).waitFor()
await team.press('回退版本')
await team.shot('roll-back')
await team.press('再看看')
step('released, and could go back')

await send(2)
await team.does('提交审核', '提交审核')
await city.opens()
await city.does('审核不通过', '确认不通过', '缺少隐私说明')
await team.opens()
await team.sees(/审核不通过（.*缺少隐私说明/)
await team.shot('refused')
step('refused, and the team reads why')
await team.press('应用密钥')
await team.shot('key')
await team.press('生成新密钥')
await team.sees('密钥只显示这一次')
await team.shot('key-made')
await team.press('已保存好')
step('a key made')

await province.opens()
await province.press('停用')
await province.shot('retire')
await province.press('确认永久停用')
await province.sees('请写明理由')
await province.press('再看看')
await province.does('下架', '确认下架', '群众反映问题')
await province.sees('居民不能打开')
await province.shot('down')
await province.does('恢复上架', '确认恢复', '问题已整改')
await province.press('提高最低版本')
await province.shot('floor')
await province.press('再看看')
step('taken down and opened again')
await team.opens()
await team.does('回退版本', '确认回退', '功能有错误')
await team.sees('已回退')
step('rolled back')
await team.page.goto(`${base}/apps/ah349999none`, { waitUntil: 'networkidle' })
await team.sees('没有找到这个应用')
await team.shot('missing')
// What only a bad package and bad luck would show, in an answer changed on its way.
const one = `**/staff/v1/miniapps/${appid}`
const [answer] = await Promise.all([team.page.waitForResponse(one), team.opens()])
const body = await answer.json()
await team.page.route(one, async route => {
  const found = (level, path, line, message) => ({ code: `demo.${level}`, level, path, line, message })
  Object.assign(body.versions[0], { state: 'failed', state_name: '检查未通过', scopes: ['auth.ticket', 'device.geolocation', 'pay.request'], findings: [found('warning', 'index.html', 6, '页面禁止缩放，老年人无法放大文字'), found('error', 'js/app.js', 218, '代码里写有密钥，任何人都能看到'), found('error', 'js/app.js', 12, '访问了清单没有登记的网址 http://10.1.2.3'), found('note', 'app.json', null, '申请了相机权限，代码里没有用到')] })
  body.grey = { code: 2, state: 'grey', state_name: '灰度中', permille: 25, error_permille: 50, openids: [], regions: ['341600', '341602'], systems: ['android', 'harmony'], starts_at: '2026-11-22T01:00:00Z', ends_at: null, opened: 120, failed: 9 }
  body.usage = [{ code: 2, launches: 1320, people: 911, failed: 9, median_ready_ms: 640.5 }, { code: 1, launches: 18210, people: 9022, failed: 0, median_ready_ms: 712 }]
  await route.fulfill({ json: body })
})
await team.opens()
await team.shot('findings')
await team.page.route('**/staff/v1/miniapps?**', route => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ title: '服务暂时不可用,请稍后再试' }) }))
await team.page.goto(`${base}/apps`, { waitUntil: 'networkidle' })
await team.shot('failed')
await browser.close()
console.log(bad ? `${bad} findings` : 'clean')
process.exit(bad ? 1 : 0)
