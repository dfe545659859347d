// Pictures of every page at 390×844, normal and elder, with an axe run on each.
//   npm run shots [-- --only home,cases] [--ui elder]      (pictures: build/shots of the repository)
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { miniapps, stepUp } from './shots/miniapps.mjs'

const at = p => fileURLToPath(new URL(p, import.meta.url))
const flag = name => { const i = process.argv.indexOf(`--${name}`); return i > 0 ? process.argv[i + 1] : undefined }
const only = flag('only')?.split(',')
const styles = flag('ui') ? [flag('ui')] : ['normal', 'elder']
const out = at('../../../build/shots')
const binary = [process.env.CHROMIUM, at('../../../var/assets/bin/chromium'), '/usr/bin/chromium'].find(p => p && existsSync(p))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const NO = '341602000000-20261118-000231'

const REQUEST = `e30.${Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 3600, return_to: 'https://zwfw.hefei.example.gov.cn/recognition/done' })).toString('base64url')}.c2ln`
const fill = label => async (page, value) => page.getByLabel(label).fill(value)
async function faceTo(p) {
  await p.locator('.agree').click()
  await p.getByRole('button', { name: '同意并开始' }).click()
  await p.locator('input[type=file]').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: await p.screenshot({ type: 'jpeg' }) })
}
const REFUSED_CODE = { 手机号: '13800002046', 短信验证码: '000000', 身份证号码: '11010519491231002X', 登录密码: '花戏楼前的石狮子', 再输一次: '花戏楼前的石狮子' }
const pages = [
  ['home', '/', 2], ['home-guest', '/', 0], ['regions', '/regions', 0], ['search', '/search', 0], ['search-hits', '/search?q=社保', 0],
  ['search-empty', '/search?q=航天', 0], ['guide', '/items/bz-gzf', 2], ['sign-in', '/sign-in?back=/cases', 0],
  ['sign-up', '/sign-up', 0, async p => { await fill('姓名')(p, '周'); await p.getByRole('button', { name: '下一步' }).click() }],
  ['sign-up-phone', '/sign-up', 0, async p => {
    await fill('姓名')(p, '周晓岚')
    await fill('身份证号码')(p, '11010519491231002X')
    await p.getByRole('button', { name: '下一步' }).click()
    await p.getByLabel('手机号').fill('13800002046')
    await p.getByRole('button', { name: '获取验证码' }).click()
    await p.getByText('验证码已发到').waitFor()
  }],
  ['tier', '/tier?need=2&back=/licences', 1], ['face-consent', '/tier/face', 1],
  ['face-camera', '/tier/face', 1, async p => { await p.locator('.agree').click(); await p.getByRole('button', { name: '同意并开始' }).click(); await p.getByText('请正对镜头').waitFor() }],
  ['face-code', '/tier/face', 1, async p => { await faceTo(p); await p.getByText('再确认一步').waitFor() }],
  ['face-passed', '/tier/face', 1, async p => { await faceTo(p); await p.getByLabel('短信验证码').fill('123456'); await p.getByRole('button', { name: '完成核验' }).click(); await p.getByText('核验通过').waitFor() }],
  ['draft', '/apply/bz-gzf', 2, async p => { await p.getByText('要交的材料').waitFor() }],
  ['draft-date', '/apply/bz-gzf', 2, async p => { await p.getByLabel('年', { exact: true }).selectOption('2026'); await p.getByLabel('月', { exact: true }).selectOption('02'); await p.getByLabel('日', { exact: true }).scrollIntoViewIfNeeded() }],
  ['draft-errors', '/apply/bz-gzf', 2, async p => { await p.getByRole('button', { name: '下一步：核对' }).click(); await p.waitForTimeout(900) }],
  ['draft-uploaded', '/apply/bz-gzf', 2, async p => {
    await p.getByText('要交的材料').waitFor()
    await p.locator('input[type=file]').nth(1).setInputFiles({ name: '承诺书.jpg', mimeType: 'image/jpeg', buffer: await p.screenshot({ type: 'jpeg' }) })
    await p.getByText('已上传').first().waitFor()
    await p.locator('.papers').scrollIntoViewIfNeeded()
  }],
  ['draft-confirm', '/drafts/d1/confirm', 2], ['cases', '/cases', 2], ['cases-guest', '/cases', 0], ['case', `/cases/${NO}`, 2],
  ['case-new', '/cases/340100000000-20261119-000118?new=1', 2], ['correction', `/cases/${NO}/correction`, 2],
  ['rating', '/cases/340500000000-20261028-000902/rating', 2, async p => { await p.locator('.stars label').nth(3).click() }],
  ['bills', '/bills', 2], ['bill', '/bills/B2026112100006', 2], ['bill-overdue', '/bills/B2026110500007', 2], ['bill-paid', '/bills/B2026111900018', 2], ['bill-refunded', '/bills/B2026101100031', 2],
  ['pay-waiting', '/pay/result/O3', 2], ['pay-result', '/#/pay/result/O1', 2], ['pay-failed', '/pay/result/O2', 2],
  ['licences', '/licences', 2], ['licence', '/licences/l1', 2], ['show', '/licences/l1/show', 2],
  ['verify', '/verify/tok', 0], ['verify-bad', '/verify/bad', 0], ['messages', '/messages', 2], ['me', '/me', 2], ['me-guest', '/me', 0],
  ['accesses', '/me/accesses', 2], ['terms', '/terms/privacy', 0], ...miniapps,
  ['me-leave', '/me', 2, async p => { await p.getByRole('button', { name: '退出登录' }).click(); await p.waitForTimeout(500) }],
  ['missing', '/nowhere', 0],
  ['tier-done', '/tier', 2, async p => { await p.getByRole('button', { name: '再加一种认证' }).click() }],
  ['tier-lapsed', '/tier', 1, async p => { await p.route('**/me/identity', async r => { const a = await r.fetch(); await r.fulfill({ json: { ...await a.json(), lapse: 'id_card_expired', lapse_name: '身份证已过有效期，换领新证后即可继续办理', under_review: true } }) }); await p.reload({ waitUntil: 'networkidle' }) }],
  ['certify-card', '/tier/by/unionpay', 1, async p => { await fill('银联卡号')(p, '6217'); await p.getByRole('button', { name: '核对' }).click() }],
  ['certify-refused', '/tier/by/unionpay', 1, async p => { await fill('银联卡号')(p, '6217000012345678'); await fill('银行预留手机号')(p, '13800000000'); await p.getByRole('button', { name: '核对' }).click(); await p.getByText('没有通过').waitFor() }],
  ['certify-alipay', '/tier/by/alipay', 1], ['certify-wechat', '/tier/by/wechat_face', 1], ['certified', '/identity/certifications/c-passed', 1], ['certified-pending', '/identity/certifications/c-open', 1],
  ['certified-refused', '/identity/certifications/c-refused', 1], ['tier-window', '/tier/window', 1], ['voice', '/tier/voice', 2],
  ['voice-consent', '/tier/voice', 2, async p => { await p.getByRole('button', { name: '登记' }).click() }],
  ['voice-digits', '/tier/voice', 2, async p => { await p.getByRole('button', { name: '登记' }).click(); await p.locator('.agree').click(); await p.getByRole('button', { name: '同意并开始' }).click(); await p.getByText('念出下面').waitFor() }],
  ['act', '/drafts/d3/confirm', 2, async p => { await p.locator('.promise input').check({ force: true }); await p.getByRole('button', { name: '提交申请' }).click(); await p.getByText('选一种方式').waitFor() }],
  ['act-video', '/drafts/d3/confirm?prove=a-video', 2], ['act-confirmed', '/drafts/d3/confirm?prove=a-confirmed', 2],
  ['act-certificate', '/drafts/d3/confirm?prove=a1', 2, async p => { await p.getByRole('button', { name: '个人数字证书' }).click(); await p.getByText('原样复制').waitFor() }],
  ['organisations', '/organisations', 2], ['organisation', '/organisations/o1', 2], ['organisation-delegate', '/organisations/o2', 2], ['organisation-waiting', '/organisations/o3', 2],
  ['organisation-new', '/organisations/new', 2, async p => { await fill('统一社会信用代码')(p, '91341602MADEM'); await p.getByRole('button', { name: '核对并登记' }).click() }],
  ['organisation-code', '/organisations/new', 2, async p => { await fill('统一社会信用代码')(p, '91341602MADEM0011Y') }],
  ['delegate', '/organisations/o1/delegate', 2, async p => { await p.getByText('只办指定的').click(); await p.getByLabel('搜事项名称').fill('公租房'); await p.getByRole('button', { name: '搜索' }).click(); await p.locator('.hits button').first().click(); await p.getByText('自己选').click() }],
  ['booking', '/items/bz-gzf/booking', 2], ['appointments', '/appointments', 2],
  ['raise', '/organisations/o1/raise', 2], ['raise-tax', '/organisations/o1/raise', 2, async p => { await p.getByText('税务申报账户').click() }],
  ['sign-up-waiting', '/sign-up/waiting/waiting', 0], ['sign-up-refused', '/sign-up/waiting/refused', 0], ['assisted', '/assisted/0192f3c81c2d7abc8def0123456789ab', 0],
  ['authorise', '/authorise/i-consent', 2], ['authorise-sign-in', '/authorise/i-sign_in', 0], ['authorise-step-up', '/authorise/i-step_up', 1], ['authorise-again', '/authorise/i-reauthenticate', 2],
  ['devices', '/me/devices', 2], ['passkeys', '/me/passkeys', 2], ['password', '/me/password', 2], ['reset', '/reset-password', 0, async p => { await p.getByRole('button', { name: '设置新密码' }).click() }],
  ['acting', '/me/acting', 2, async p => { await p.getByRole('radio').nth(1).click(); await p.getByText('正以').waitFor(); await p.goto(`${new URL(p.url()).origin}/me/acting`).catch(() => {}) }],
  ['acting-strip', '/me/acting', 2, async p => { await p.getByRole('radio').nth(1).click(); await p.getByText('正以').waitFor() }],
  ['first', '/first-sign-in', 0], ['first-errors', '/first-sign-in', 0, async p => { await p.getByRole('button', { name: '设好密码并登录' }).click(); await p.waitForTimeout(300) }],
  ['first-unmatched', '/first-sign-in', 0, async p => {
    for (const [label, value] of Object.entries(REFUSED_CODE)) await fill(label)(p, value)
    await p.locator('.agree').click({ position: { x: 10, y: 20 } })
    await p.getByRole('button', { name: '设好密码并登录' }).click()
    await p.getByText('没有对上').waitFor()
  }],
  ['reset-refused', '/reset-password', 0, async p => {
    for (const [label, value] of Object.entries({ 注册时的手机号: '13800002046', 短信验证码: '000000', 身份证号码: '11010519491231002X', 新密码: '花戏楼前的石狮子', 再输一次: '花戏楼前的石狮子' })) await fill(label)(p, value)
    await p.getByRole('button', { name: '设置新密码' }).click()
    await p.getByText('不用重设').waitFor()
  }],
  ['home-city', '/me/home', 2], ['home-city-choose', '/me/home', 2, async p => { await p.getByRole('button', { name: '换一个常住城市' }).click() }],
  ['home-city-confirm', '/me/home', 2, async p => { await p.getByRole('button', { name: '换一个常住城市' }).click(); await p.getByRole('button', { name: '合肥市' }).click(); await p.waitForTimeout(400) }],
  ['home-city-none', '/me/home', 2, async p => { await p.route('**/api/v1/me/home', r => r.fulfill({ json: { home: null } })); await p.reload({ waitUntil: 'networkidle' }) }],
  ['record', '/me/record', 2, async p => { await p.getByRole('button', { name: '显示完整号码' }).click() }],
  ['recognition', '/recognition', 0], ['recognition-way', '/recognition', 0, async p => { await p.getByRole('button', { name: '亳州市' }).click(); await p.getByText('将打开').waitFor() }],
  ['recognition-here', '/recognition', 0, async p => { await p.getByRole('button', { name: '蚌埠市' }).click(); await p.getByText('您就在这里').waitFor() }],
  ['recognition-failed', '/recognition', 0, async p => { await p.getByRole('button', { name: '芜湖市' }).click(); await p.getByText('暂时无法连接').waitFor() }],
  ['hand-over', `/recognition?request=${REQUEST}`, 2], ['hand-over-guest', `/recognition?request=${REQUEST}`, 0], ['hand-over-dead', '/recognition?request=nonsense.nonsense.nonsense', 2],
  ['recognised-no', '/recognition/done?attempt=f1#ticket=bad', 0, async p => { await p.getByText('没有登录成功').waitFor() }],
  ['recognised-stranger', '/recognition/done?attempt=f1#ticket=stranger', 0, async p => { await p.getByText('还没有在省级').waitFor() }],
  ['voice-enrolled', '/tier/voice', 2, async p => { await p.route('**/me/identity', async r => { const a = await r.fetch(); await r.fulfill({ json: { ...await a.json(), voiceprint: true } }) }); await p.reload({ waitUntil: 'networkidle' }) }],
  ['app-step-up', '/apps/hf.gjj', 1, stepUp], ['app-step-up-face', '/apps/hf.gjj', 1, async p => { await stepUp(p); await p.getByRole('button', { name: '刷脸核验' }).click() }],
  ['app-step-up-done', '/apps/hf.gjj', 1, async p => { await stepUp(p); await p.getByRole('button', { name: '刷脸核验' }).click(); await faceTo(p); await p.getByLabel('短信验证码').fill('123456'); await p.getByRole('button', { name: '完成核验' }).click(); await p.frameLocator('iframe').getByText('mock-ticket').waitFor() }],
  ['authorise-act-for', '/authorise/i-act_for', 2], ['authorise-raise', '/authorise/i-raise_level', 2], ['authorise-company', '/authorise/i-company', 2],
  ['parcels', '/parcels', 2], ['parcel-pay', '/parcels/p1', 2], ['parcel-agree', '/parcels/p2', 2], ['parcel-way', '/parcels/p3', 2], ['parcel-differs', '/parcels/p4', 2],
  ['papers', `/cases/${NO}/papers`, 2, async p => {
    for (const [label, value] of Object.entries({ 寄件人: '周晓岚', 寄件人手机号: '13800002046', 取件地址: '亳州市谯城区演示路 8 号' })) await p.getByLabel(label, { exact: true }).fill(value)
    await p.getByRole('button', { name: '看看哪些时间能来' }).click()
    await p.locator('.slots input:not(:disabled)').first().check()
  }],
  ['notices', '/me/notices', 2], ['move-car', '/move-car', 2], ['move-car-requests', '/move-car/requests', 2],
  ['offline', '/cases', 2, async p => { await p.context().setOffline(true); await p.waitForTimeout(300) }],
]

mkdirSync(out, { recursive: true })
const server = await createServer({ root: at('..'), server: { port: 5199, strictPort: true }, logLevel: 'warn' })
await server.listen()
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
let bad = 0
for (const ui of styles) {
  for (const [name, path, tier, act] of pages) {
    if (only && !only.includes(name)) continue
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' })
    await context.addCookies([{ name: 'mock_tier', value: String(tier), url: 'http://127.0.0.1:5199' }])
    await context.addInitScript(([style, signed]) => { localStorage['wanshi.ui'] = style; if (signed) localStorage['wanshi.had-session'] = '1' }, [ui, tier > 0])
    const page = await context.newPage()
    page.on('pageerror', e => { bad += 1; console.log(`✗ ${name}/${ui} ${e.message}`) })
    page.on('console', m => { if (['error', 'warning'].includes(m.type()) && !/40[14] \(/.test(m.text())) console.log(`  ${name}/${ui} ${m.text().slice(0, 200)}`) })
    try {
      await page.goto(`http://127.0.0.1:5199${path}`, { waitUntil: 'networkidle' })
      if (act) await act(page)
      await page.waitForTimeout(250)
      await page.screenshot({ path: `${out}/${ui}-${name}.png` })
      const whole = await page.evaluate(() => document.documentElement.scrollHeight > innerHeight + 40)
      if (whole) await page.screenshot({ path: `${out}/${ui}-${name}-full.png`, fullPage: true })
      await page.evaluate(axe)
      const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false }))
      for (const v of violations) { bad += 1; console.log(`✗ ${name}/${ui} axe ${v.id} (${v.impact}) ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`) }
      const small = await page.evaluate(least => [...document.querySelectorAll('a,button,select,input:not(.sr-only):not([type=checkbox])')]
        .filter(e => !e.classList.contains('skip') && !e.closest('p,.agree,dl')).map(e => [e, e.getBoundingClientRect()])
        .filter(([, r]) => r.width && r.height < least - 0.5).map(([e, r]) => `${e.className || e.tagName}:${Math.round(r.height)}`), ui === 'elder' ? 60 : 44)
      if (small.length) console.log(`  ${name}/${ui} small targets ${[...new Set(small)].join(', ')}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      if (wide) { bad += 1; console.log(`✗ ${name}/${ui} scrolls sideways`) }
    } catch (e) { bad += 1; console.log(`✗ ${name}/${ui} ${String(e).split('\n')[0]}`) }
    await context.close()
  }
}
await browser.close()
await server.close()
console.log(bad ? `${bad} findings` : 'clean')
process.exit(bad ? 1 : 0)
