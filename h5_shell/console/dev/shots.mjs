// Pictures of the workbench against a running staff listener, with an axe run on each.
//   WANSHI_STAFF=http://console.localhost:8901 npm run shots [-- --only desk,case] [--width 1024]
//   … npm run shots -- --set staff --login admin.system
// Nothing is changed: deeds are opened, never confirmed. Pictures: build/console of the repository.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const at = p => fileURLToPath(new URL(p, import.meta.url))
const flag = name => { const i = process.argv.indexOf(`--${name}`); return i > 0 ? process.argv[i + 1] : undefined }
const base = process.env.CONSOLE ?? process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const only = flag('only')?.split(',')
const width = Number(flag('width') ?? 1440)
const out = at('../../../build/console')
const binary = [process.env.CHROMIUM, at('../../../var/assets/bin/chromium'), '/usr/bin/chromium'].find(p => p && existsSync(p))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const openFirst = tab => async p => {
  await p.goto(`${base}/cases?state=${tab}`, { waitUntil: 'networkidle' })
  await p.locator('tbody a').last().click()
  await p.getByText('本次查看已记录').waitFor()
  await p.waitForLoadState('networkidle')
}
const answer = (status, body) => p => p.route('**/staff/v1/cases**', r => r.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(body) }))
const press = name => p => p.getByRole('button', { name, exact: true }).click()
const steps = (...acts) => async p => { for (const act of acts) await act(p) }

// --set staff --login admin.system: the register of staff instead of the desk of cases.
const pages = flag('set') ? (await import(`./${flag('set')}-pages.mjs`)).pages({ base, press, steps }) : [
  ['sign-in', '/sign-in', false],
  ['sign-in-wrong', '/sign-in', false, async p => { await p.getByLabel('账号').fill('zhao.housing'); await p.getByLabel('密码').fill('not-this-one'); await p.keyboard.press('Enter'); await p.getByRole('alert').waitFor() }],
  ['sign-in-blank', '/sign-in', false, press('登录')],
  ['desk', '/cases', true], ['desk-reviewing', '/cases?state=accepted', true], ['desk-empty', '/cases?state=fee_due', true],
  ['desk-search-none', '/cases?q=航天', true],
  ['desk-failed', '/nowhere-yet', true, async p => { await answer(503, { title: '服务暂时不可用,请稍后再试' })(p); await p.getByText('回办件列表').click() }],
  ['desk-offline', '/nowhere-yet', true, async p => { await p.route('**/staff/v1/cases**', r => r.abort()); await p.getByText('回办件列表').click() }],
  ['desk-waiting', '/nowhere-yet', true, async p => { await p.route('**/staff/v1/cases**', () => {}); await p.getByText('回办件列表').click() }],
  ['case', '/cases', true, openFirst('submitted')], ['case-accepted', '/cases', true, openFirst('accepted')],
  ['case-asked', '/cases', true, openFirst('correction_asked')], ['case-closed', '/cases', true, openFirst('closed')],
  ['case-picture', '/cases', true, steps(openFirst('submitted'), p => p.locator('.picture').click())],
  ['case-accept', '/cases', true, steps(openFirst('submitted'), press('受理'))],
  ['case-correct', '/cases', true, steps(openFirst('submitted'), press('补正'), async p => { await p.locator('.el-dialog .el-checkbox').first().click(); await p.getByRole('button', { name: /照片不清晰/ }).click() })],
  ['case-correct-blank', '/cases', true, steps(openFirst('submitted'), press('补正'), press('发出补正告知'))],
  ['case-approve', '/cases', true, steps(openFirst('accepted'), press('准予'))],
  ['case-refuse', '/cases', true, steps(openFirst('accepted'), press('不予'), press('确认不予'))],
  ['case-overtaken', '/cases', true, steps(openFirst('submitted'), async p => {
    await p.route('**/accept', r => r.fulfill({ status: 412, contentType: 'application/problem+json', body: JSON.stringify({ title: '内容已被更新,请刷新后再试', code: 'kernel.precondition_failed' }) }))
  }, press('受理'), press('确认受理'), p => p.getByText('刚才的操作没有执行').waitFor())],
  ['case-missing', '/cases/341602000000260101000000', true],
  ['session-over', '/cases', true, steps(openFirst('submitted'), async p => {
    await p.route('**/staff/v1/sessions/refresh', r => r.fulfill({ status: 401, body: '{}' }))
    await p.route('**/accept', r => r.fulfill({ status: 401, body: '{}' }))
  }, press('受理'), press('确认受理'), p => p.getByText('登录已失效').first().waitFor())],
  ['missing', '/nowhere', true],
]

mkdirSync(out, { recursive: true })
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
const settings = { viewport: { width, height: width < 1200 ? 768 : 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' }
let bad = 0
// One sign-in serves all pictures; its cookie changes with every refresh, so it is handed on.
let officer
{
  const context = await browser.newContext(settings)
  const page = await context.newPage()
  await page.goto(`${base}/`)
  await page.getByLabel('账号').fill(flag('login') ?? 'zhao.housing')
  await page.getByLabel('密码').fill('Wanshi-Demo-2026')
  await page.keyboard.press('Enter')
  await page.locator('.rail').waitFor()
  officer = await context.storageState()
  await context.close()
}
for (const [name, path, signed, act] of pages) {
  if (only && !only.includes(name)) continue
  const context = await browser.newContext({ ...settings, ...(signed ? { storageState: officer } : {}) })
  const page = await context.newPage()
  page.on('pageerror', e => { bad += 1; console.log(`✗ ${name} ${e.message}`) })
  page.on('console', m => { if (['error', 'warning'].includes(m.type()) && !/Failed to load resource|ERR_FAILED/.test(m.text())) console.log(`  ${name} ${m.text().slice(0, 200)}`) })
  try {
    await page.goto(base + path, { waitUntil: 'networkidle' })
    if (signed && page.url().includes('/sign-in')) throw new Error('the session did not hold')
    if (act) await act(page)
    await page.waitForTimeout(500)
    await page.screenshot({ path: `${out}/${width}-${name}.png` })
    if (await page.evaluate(() => document.documentElement.scrollHeight > innerHeight + 40)) await page.screenshot({ path: `${out}/${width}-${name}-full.png`, fullPage: true })
    await page.evaluate(axe)
    // Element's dialogs and viewer stand outside every landmark; theirs to mend.
    const { violations } = await page.evaluate(() => window.axe.run({ exclude: [['.el-overlay'], ['.el-image-viewer__wrapper']] }))
    for (const v of violations) { bad += 1; console.log(`✗ ${name} axe ${v.id} (${v.impact}) ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`) }
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) { bad += 1; console.log(`✗ ${name} scrolls sideways`) }
  } catch (e) { bad += 1; console.log(`✗ ${name} ${String(e).split('\n')[0]}`) }
  if (signed) officer = await context.storageState()
  await context.close()
}
await browser.close()
console.log(bad ? `${bad} findings` : 'clean')
process.exit(bad ? 1 : 0)
