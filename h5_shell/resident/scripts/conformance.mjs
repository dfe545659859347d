// Is a built shell what the province asks of every city's? (R-POR-16, R-POR-34)
//   npm run conformance -w resident -- [dist]
// Judges the configuration it was built from and, in a real Chromium, what people see: columns in
// order, colours, names, no barriers on the home page in both versions, deep links. API calls are
// answered here with empty lists: what is judged is the shell, not a back end.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { createServer as viteServer } from 'vite'
import { firstLoad, MOST } from './first-load.mjs'

const at = p => fileURLToPath(new URL(p, import.meta.url))
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.webmanifest': 'application/manifest+json' }
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; font-src 'self' data:"
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const APP = 'ah000000check'

/** The rules are TypeScript; the build tool that made the shell can read them. */
async function rules() {
  const vite = await viteServer({ configFile: false, root: at('..'), server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true }, logLevel: 'error', appType: 'custom' })
  const found = await vite.ssrLoadModule('/scripts/shell-rules.ts')
  return { ...found, close: () => vite.close() }
}

function answers(config) {
  const empty = { items: [], next: null, total: 0, quick: [], mini_apps: [], notices: [], hits: [], categories: [], owners: [], regions: [], recent: [], favourites: [], unread: 0 }
  return path => {
    if (path.endsWith('/platform')) return { name: config.name, region: config.region, tier: 'city', version: '1', min_client_version: '1', demo: true }
    if (path.endsWith('/portal/home')) return { ...empty, region: config.region, items: [{ code: 'x', name: '事项', region_name: config.region.name, department: '部门', min_tier: 0 }], quick: [{ title: '我的办件', icon: 'cases', target: '/cases' }] }
    return empty
  }
}
function serve(dist, config) {
  const answer = answers(config)
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://shell')
    if (pathname.startsWith('/api/')) {
      const refused = req.method !== 'GET'
      res.writeHead(refused ? 404 : 200, { 'Content-Type': 'application/json' })
      return res.end(JSON.stringify(refused ? { code: 'miniapps.no_such_app', title: '没有这个应用', status: 404 } : answer(pathname)))
    }
    const file = join(dist, normalize(pathname))
    const found = pathname !== '/' && file.startsWith(dist) && existsSync(file) && extname(file) ? file : join(dist, 'index.html')
    res.writeHead(200, { 'Content-Type': TYPES[extname(found)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY })
    res.end(readFileSync(found))
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function home(page, origin, config, ui, found) {
  await page.goto(origin, { waitUntil: 'networkidle' })
  const columns = await page.locator('nav.tabs a').evaluateAll(links => links.map(a => [a.querySelector('span')?.textContent?.trim(), a.getAttribute('href')]))
  const wanted = config.columns.map(c => [c.title, c.to])
  if (JSON.stringify(columns) !== JSON.stringify(wanted)) found.push(`${ui}：栏目与配置不一致：${JSON.stringify(columns)}`)
  if (!(await page.title()).includes(config.name)) found.push(`${ui}：页面标题没有名称“${config.name}”`)
  const painted = await page.evaluate(() => ['--tile', '--cinnabar'].map(n => getComputedStyle(document.documentElement).getPropertyValue(n).trim().toLowerCase()))
  const colours = [config.theme.primary, config.theme.accent].map(c => c.toLowerCase())
  // The platform's own elder version has a darker accent; a city's colours hold in both.
  if (painted[0] !== colours[0] || (ui === 'normal' && painted[1] !== colours[1])) found.push(`${ui}：颜色与配置不一致：${painted.join('、')}`)
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const { violations } = await page.evaluate(() => window.axe.run(document))
  for (const v of violations) found.push(`${ui}：首页无障碍 ${v.id}（${v.help}）${v.nodes[0]?.target.join(' ')}`)
  const small = await page.evaluate(least => [...document.querySelectorAll('nav.tabs a')].filter(a => a.getBoundingClientRect().height < least).length, ui === 'elder' ? 60 : 44)
  if (small) found.push(`${ui}：栏目按钮过小`)
}
async function links(page, origin, config, found) {
  for (const c of config.columns.filter(x => !x.to.startsWith('/apps/'))) {
    await page.goto(origin + c.to, { waitUntil: 'networkidle' })
    if (await page.getByText('没有找到这个页面').count()) found.push(`栏目“${c.title}”打不开：${c.to}`)
  }
  const asked = page.waitForRequest(r => r.url().includes(`/miniapps/${APP}/launches`), { timeout: 8000 }).catch(() => null)
  await page.goto(`${origin}/apps/${APP}/pages/apply?id=1#step`, { waitUntil: 'networkidle' })
  if (!await asked) found.push('深层链接 /apps/<应用编号>/<页面> 没有打开应用')
  if (!page.url().endsWith('/pages/apply?id=1#step')) found.push(`深层链接没有保留地址：${page.url()}`)
}

export async function conformance(dist) {
  const config = JSON.parse(readFileSync(join(dist, 'shell.json'), 'utf8'))
  const { configFaults, logoFault, close } = await rules()
  const mark = logoFault(readFileSync(join(dist, 'icon.svg'), 'utf8'))
  const found = [...configFaults(config), ...(mark ? [mark] : [])]
  await close()
  if (found.length) return found
  const { total } = firstLoad(dist)
  if (total > MOST) found.push(`首次打开要下载 ${Math.round(total / 1024)} KB，不能超过 ${MOST / 1024} KB`)
  const server = await serve(dist, config)
  const browser = await chromium.launch({ executablePath: [process.env.CHROMIUM, at('../../../var/assets/bin/chromium')].find(p => p && existsSync(p)), args: ARGS })
  const origin = `http://127.0.0.1:${server.address().port}`
  for (const ui of ['normal', 'elder']) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
    await context.addInitScript(style => { localStorage['wanshi.ui'] = style }, ui)
    const page = await context.newPage()
    page.on('pageerror', e => found.push(`${ui}：页面出错 ${e.message}`))
    await home(page, origin, config, ui, found)
    if (ui === 'normal') await links(page, origin, config, found)
    await context.close()
  }
  await browser.close()
  server.close()
  return found
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const dist = process.argv[2] ?? at('../dist')
  if (!existsSync(join(dist, 'shell.json'))) throw new Error(`${dist} 里没有 shell.json：先用 npm run build 构建`)
  const found = await conformance(dist)
  console.log(found.length ? found.map(f => `✗ ${f}`).join('\n') : '✓ 符合全省统一要求')
  process.exit(found.length ? 1 : 0)
}
