// The demo apps inside the shell, each doing its whole job in the dialect it was written for.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import encodeQR from 'qr'
import { expect, PHOTO } from '../story.mjs'

// The vendors' SDKs look at the user agent; so do their apps.
const ANDROID = 'Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36'
const WUHU = { longitude: 118.379, latitude: 31.334 }
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
export const RESIDENT = { login: '13900000002', password: 'Wanshi-Demo-2026' }
export const APPS = {
  ah341600housing: '亳州公租房', ah340500school: '马鞍山教育', ah340700services: '铜陵便民', ah340100ride: '合肥乘车码',
  ah340200parking: '芜湖停车', ah341000pass: '黄山旅游年卡', ah341100village: '滁州村务',
}

/** Opens an app in the shell, at a page of its own if named; answers its inside. */
export async function opens(story, appid, path = '') {
  await story.mobile.goto(`${story.shell}/apps/${appid}${path}`)
  return story.mobile.frameLocator('iframe')
}
export const frameOf = (story, appid) => story.mobile.frames().find(f => new URL(f.url()).hostname.startsWith(`${appid}.`))

/** Says yes to the sheet that asks for this. */
export async function agrees(story, what) {
  await story.mobile.getByText(`想${what}`).waitFor()
  await story.mobile.getByRole('button', { name: '同意', exact: true }).tap()
}
/** Takes out the complaints a chapter means to cause; there must be some. */
export function forgives(story, pattern) {
  const kept = story.complaints.filter(c => !pattern.test(c))
  expect(kept.length < story.complaints.length, `nothing complained like ${pattern}: ${story.complaints}`)
  story.complaints.splice(0, story.complaints.length, ...kept)
}
/** WeChat's script reports to its own house, which no app's policy lets it. */
export function unheard(story) {
  const kept = story.complaints.filter(c => !/open\.weixin\.qq\.com.*Content Security Policy/.test(c))
  story.complaints.splice(0, story.complaints.length, ...kept)
}
const code = text => ({ name: 'code.gif', mimeType: 'image/gif', buffer: Buffer.from(encodeQR(text, 'gif', { scale: 8 })) })
const album = (story, file) => story.mobile.locator('label', { hasText: '从相册选' }).locator('input').setInputFiles(file)

/** Nothing wider than the screen, and nothing axe objects to, inside the app. */
export async function sound(story, appid, where) {
  const frame = frameOf(story, appid)
  const wide = await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(wide <= 0, `${where} is ${wide} points wider than the screen`)
  await frame.evaluate(AXE)
  const { violations } = await frame.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
  const said = violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join('; ')}`)
  expect(!said.length, `${where}: ${said.join('\n')}`)
}
const shot = (story, name) => story.shot(`dialects-${name}`, { of: story.mobile })

async function gate(story, said) {
  const reply = await fetch(`http://127.0.0.1:${story.config.simulators + 13}/ride/gate`, {
    method: 'POST', headers: { 'x-gate-key': 'SIM-hefei-gate-not-for-production' }, body: JSON.stringify({ code: said, station: '大东门' }),
  })
  return { status: reply.status, ...await reply.json() }
}

export const dialects = {
  async 'a resident signs in'(story) {
    story.mobile = await story.newPage('mobile', { ...story.phoneLook, userAgent: ANDROID, geolocation: WUHU, permissions: ['geolocation'] })
    const page = story.mobile
    await page.goto(`${story.shell}/sign-in`)
    await page.getByLabel(/手机号/).fill(RESIDENT.login)
    await page.getByLabel('密码', { exact: true }).fill(RESIDENT.password)
    await page.getByRole('button', { name: '登录', exact: true }).tap()
    await page.waitForURL(url => url.pathname === '/')
  },
  async 'native: housing greets, by name only when asked to'(story) {
    const app = await opens(story, 'ah341600housing')
    await app.getByRole('button', { name: '登录查看' }).tap()
    await agrees(story, '知道是您在使用')
    await app.getByText('正在办理').waitFor()
    await app.getByRole('button', { name: '用我的称呼问候' }).tap()
    await agrees(story, '获取您同意提供的信息')
    await app.getByText('您好，王').waitFor()
    await shot(story, 'housing')
    await sound(story, 'ah341600housing', 'housing')
    const said = await app.locator('body').innerText()
    expect(!/王秀兰/.test(said), 'the app was told the whole name')
  },
  async 'zwjs and mgop: a child is registered for school'(story) {
    const app = await opens(story, 'ah340500school')
    await app.getByRole('link', { name: /查学区/ }).waitFor()
    await shot(story, 'school')
    await sound(story, 'ah340500school', 'school')
    const { pathname } = new URL(frameOf(story, 'ah340500school').url())
    expect(pathname.startsWith('/web/mgop/gov-open/zj/2002199001/v101/'), `the app was opened at ${pathname}`)
    await app.getByRole('link', { name: /查学区/ }).tap()
    await app.getByLabel('小区或路名').fill('幸福')
    await app.getByRole('button', { name: '查询' }).tap()
    await app.getByText('花山区幸福路 20 号幸福小区').tap()
    await app.getByRole('heading', { name: '幸福路小学' }).waitFor()
    await shot(story, 'school-lookup')
    await sound(story, 'ah340500school', 'school lookup')
    await app.getByRole('button', { name: '去报名' }).tap()
    await agrees(story, '知道是您在使用')
    await app.getByLabel('孩子姓名').fill('李小满')
    const now = new Date()
    await app.getByLabel('出生日期').fill(`${now.getFullYear() + (now.getMonth() >= 9 ? 1 : 0) - 6}-03-05`)
    await app.getByRole('radio', { name: '母亲' }).check()
    await app.getByRole('radio', { name: '花山区幸福路 20 号幸福小区' }).check()
    await app.getByText('草稿已保存').waitFor()
    await app.getByRole('button', { name: '提交报名' }).tap()
    await app.getByText('请填写 11 位手机号码').waitFor()
    await shot(story, 'school-form')
    await sound(story, 'ah340500school', 'school form')
    await app.getByLabel('联系手机').fill('13900000002')
    await app.getByRole('button', { name: '提交报名' }).tap()
    await app.getByRole('heading', { name: '李小满，幸福路小学' }).waitFor()
    await shot(story, 'school-progress')
    await sound(story, 'ah340500school', 'school progress')
    return { title: await story.mobile.locator('header h1').innerText() }
  },
  async 'no pages at all: the shell draws a city’s services'(story) {
    const page = story.mobile
    await page.goto(`${story.shell}/apps/ah340700services`)
    await page.getByRole('button', { name: /水费查询/ }).tap()
    await page.getByLabel(/户号/).fill('70001234')
    await page.getByRole('button', { name: '查询', exact: true }).tap()
    await page.getByText('41.30 元').waitFor()
    await shot(story, 'tongling-water')
    await page.goto(`${story.shell}/apps/ah340700services`)
    await page.getByRole('button', { name: /停水通知/ }).waitFor()
    await shot(story, 'tongling')
    await page.getByRole('button', { name: /停水通知/ }).tap()
    await page.getByText('天井湖社区计划停水').waitFor()
    await page.goto(`${story.shell}/apps/ah340700services`)
    await page.getByRole('button', { name: /便民维修预约/ }).tap()
    await page.getByLabel(/维修内容/).selectOption({ label: '水管' })
    await page.getByLabel(/地址/).fill('铜官区长江中路 1 号')
    const soon = new Date(Date.now() + 2 * 86_400_000)
    await page.getByRole('button', { name: /日期.*请选择|请选择.*日期/ }).tap()
    const wheel = page.locator('.van-picker-column')
    for (const [i, text] of [`${soon.getFullYear()}年`, `${soon.getMonth() + 1}月`, `${soon.getDate()}日`].entries()) await wheel.nth(i).getByText(text, { exact: true }).tap()
    await page.getByRole('button', { name: '就选这天' }).tap()
    await page.getByRole('button', { name: '提交', exact: true }).tap()
    await agrees(story, '知道是您在使用')
    await page.getByText(/已受理，受理号 TL\d{8}/).waitFor()
    await shot(story, 'tongling-repair')
  },
  async 'alipay: a signed code opens a turnstile once'(story) {
    const app = await opens(story, 'ah340100ride')
    await app.locator('#stops li').first().waitFor()
    await app.getByRole('button', { name: '出示乘车码' }).tap()
    await agrees(story, '知道是您在使用')
    const qr = app.locator('#qr[data-code]')
    await qr.waitFor()
    await app.getByText('20.00').waitFor()
    await shot(story, 'ride')
    await sound(story, 'ah340100ride', 'ride')
    const said = await qr.getAttribute('data-code')
    const [first, second] = [await gate(story, said), await gate(story, said)]
    expect(first.opened === true, `the turnstile stayed shut: ${JSON.stringify(first)}`)
    expect(second.status === 409, `the turnstile opened twice: ${JSON.stringify(second)}`)
    // The code changes by itself before it dies, and the ride stands in the list.
    await app.locator(`#qr:not([data-code="${said}"])`).waitFor({ timeout: 40_000 })
    await app.locator('#ridden').getByText('大东门').waitFor()
    await app.getByText('18.00').waitFor()
    return first
  },
  async 'croods: a car is parked and leaves, by both containers'(story) {
    const app = await opens(story, 'ah340200parking')
    await app.getByRole('button', { name: '定位并查找' }).tap()
    await agrees(story, '获取您的位置')
    await app.getByText('步行街地下停车场').waitFor()
    await app.getByRole('button', { name: '登录停车' }).tap()
    await agrees(story, '知道是您在使用')
    await app.getByLabel('车牌号').fill('皖B12345')
    await app.getByRole('button', { name: '扫码', exact: true }).tap()
    await agrees(story, '扫描二维码')
    await album(story, code('https://park.wuhu.example/b/WH-BX-A012'))
    await app.locator('#bay').evaluate(bay => new Promise(done => {
      const look = () => { if (bay.value) done(); else setTimeout(look, 50) }
      look()
    }))
    await app.getByRole('button', { name: '开始计费' }).tap()
    await app.getByRole('heading', { name: '正在停放' }).waitFor()
    await shot(story, 'parking')
    await sound(story, 'ah340200parking', 'parking')
    await app.getByRole('button', { name: '结束停车' }).tap()
    await app.getByRole('heading', { name: '停车已结束' }).waitFor()
    const saved = story.mobile.waitForEvent('download')
    await app.getByRole('button', { name: '保存停车凭证' }).tap()
    await agrees(story, '选择和保存图片')
    await saved
    await shot(story, 'parking-ended')
    // The plate was kept by the shell, on this device, for the next time.
    const again = await opens(story, 'ah340200parking')
    await again.getByRole('button', { name: '登录停车' }).tap()
    await agrees(story, '知道是您在使用')
    await again.getByText('停车记录').waitFor()
    return { plate: await again.getByLabel('车牌号').inputValue() }
  },
  async 'weixin: a card is made and a gate opens by it'(story) {
    const app = await opens(story, 'ah341000pass')
    await app.getByRole('button', { name: '查看或办理年卡' }).tap()
    await agrees(story, '知道是您在使用')
    await app.getByRole('button', { name: '选择照片' }).tap()
    // No card yet: the back end says so with a 404.
    forgives(story, /status of 404/)
    await agrees(story, '选择和保存图片')
    await album(story, PHOTO('biden.jpg'))
    await app.getByRole('button', { name: '办理', exact: true }).tap()
    await app.getByText(/HSNK\d{8}/).waitFor()
    await agrees(story, '分享页面')
    await app.getByRole('button', { name: '离我最近' }).tap()
    await agrees(story, '获取您的位置')
    await app.getByText(/公里/).first().waitFor()
    await app.getByRole('button', { name: '扫码入园' }).tap()
    await agrees(story, '扫描二维码')
    await album(story, code('https://pass.huangshan.example/g/HS02'))
    await app.getByText('已入园：宏村').waitFor()
    await shot(story, 'pass')
    await sound(story, 'ah341000pass', 'pass')
    unheard(story)
  },
  async 'dingtalk: a problem in the village is reported'(story) {
    const app = await opens(story, 'ah341100village')
    await app.getByText('村级财务公开').tap()
    await app.getByText('集体收入 48.6 万元').waitFor()
    await shot(story, 'village')
    await sound(story, 'ah341100village', 'village')
    await app.getByRole('link', { name: '随手报' }).tap()
    await app.getByRole('button', { name: '提交' }).tap()
    await app.getByText('请选择是哪一类问题').waitFor()
    await app.getByRole('radio', { name: '道路破损' }).check()
    await app.getByLabel('说说情况').fill('三组村口的水泥路塌了一块')
    await app.getByRole('button', { name: '选一张照片' }).tap()
    await agrees(story, '选择和保存图片')
    await album(story, await story.paper('路面照片', 4))
    await app.locator('#shown:not([hidden])').waitFor()
    await app.getByRole('button', { name: '标上位置' }).tap()
    await agrees(story, '获取您的位置')
    await app.getByText('已标上位置').waitFor()
    await shot(story, 'village-report')
    await sound(story, 'ah341100village', 'village report')
    await app.getByRole('button', { name: '提交' }).tap()
    await agrees(story, '知道是您在使用')
    await app.getByRole('heading', { name: '三组村口的水泥路塌了一块' }).waitFor()
    await shot(story, 'village-mine')
    await sound(story, 'ah341100village', 'village mine')
  },
}
