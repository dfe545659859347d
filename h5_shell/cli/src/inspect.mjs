// @ts-check
/**
 * Looks at an app with a real browser: every page people may open, normal and elder, with a picture
 * of each and what is wrong with it. The platform does this to every upload, `ahmini check` before.
 *
 * The browser gets the files of the package and nothing else: each request is answered here, and
 * one to anywhere else is refused and reported. The shell is played by a page that hands the guest
 * a port and answers as for somebody who is not signed in.
 */
import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join, normalize } from 'node:path'
import { chromium } from 'playwright-core'
import { shellPage } from './inspect-shell.mjs'

const SHELL = 'https://shell.inspect.test'
const APP = 'https://app.inspect.test'
const PHONE = { width: 390, height: 844 }
const MOST_PAGES = 6
const SETTLE_MS = 1200
const LOAD_MS = 8000
/** What elder mode enlarges by where an app leaves that to the platform. */
const ELDER_ZOOM = 1.3
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const TYPES = {
  '.css': 'text/css; charset=utf-8', '.gif': 'image/gif', '.html': 'text/html; charset=utf-8', '.htm': 'text/html; charset=utf-8',
  '.jpeg': 'image/jpeg', '.jpg': 'image/jpeg', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.png': 'image/png', '.svg': 'image/svg+xml', '.ttf': 'font/ttf', '.wasm': 'application/wasm',
  '.webp': 'image/webp', '.woff': 'font/woff', '.woff2': 'font/woff2', '.txt': 'text/plain; charset=utf-8',
}

/**
 * @typedef {{code: string, level: 'error'|'warning'|'note', path: string, line: null, message: string}} Finding
 * @typedef {{mode: 'normal'|'elder', path: string, file: string}} Shot
 * @param {{folder: string, out: string, chromium: string, csp: string, script: string, onPage?: (path: string, mode: string) => void}} wanted
 *   `folder` holds the unpacked app, pictures go to `out`, `script` is the platform's script of this version
 * @returns {Promise<{findings: Finding[], shots: Shot[]}>}
 */
export async function inspect(wanted) {
  const manifest = JSON.parse(await readFile(join(wanted.folder, 'app.json'), 'utf8'))
  const pages = [...new Set([manifest.entry, ...(manifest.routes ?? []).map(r => r.path)])].slice(0, MOST_PAGES)
  await mkdir(wanted.out, { recursive: true })
  const browser = await chromium.launch({ executablePath: wanted.chromium, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  const seen = new Map()
  const shots = []
  try {
    for (const mode of /** @type {const} */ (['normal', 'elder'])) {
      for (const path of pages) {
        wanted.onPage?.(path, mode)
        const file = `${mode}-${shots.length}.jpg`
        const found = await look(browser, { ...wanted, manifest, path, mode, file: join(wanted.out, file) })
        for (const finding of found) if (!seen.has(key(finding))) seen.set(key(finding), finding)
        shots.push({ mode, path, file })
      }
    }
  } finally {
    await browser.close()
  }
  const rank = { error: 0, warning: 1, note: 2 }
  return { findings: [...seen.values()].sort((a, b) => rank[a.level] - rank[b.level] || a.code.localeCompare(b.code)), shots }
}
const key = f => `${f.code} ${f.path.replace(/[?#].*/, '')} ${f.message}`

/** One page in one mode. */
async function look(browser, { folder, csp, script, manifest, path, mode, file }) {
  const zoom = mode === 'elder' && (manifest.ui?.elder ?? 'css') === 'css' ? ELDER_ZOOM : 1
  const context = await browser.newContext({
    viewport: { width: Math.round(PHONE.width / zoom), height: Math.round(PHONE.height / zoom) }, deviceScaleFactor: 1.5 * zoom,
    isMobile: true, hasTouch: true, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', bypassCSP: false, serviceWorkers: 'block',
  })
  const found = []
  const add = (code, level, message) => found.push({ code, level, path, line: null, message: message.slice(0, 300) })
  try {
    const page = await context.newPage()
    page.on('pageerror', error => add('browser.error', 'warning', `脚本出错：${error.message}`))
    page.on('console', note => { if (/Content Security Policy/i.test(note.text())) add('browser.blocked', 'warning', `被安全策略拦下：${blocked(note.text())}`) })
    page.on('dialog', dialog => void dialog.dismiss())
    await context.route('**/*', route => answer(route, { folder, csp, script, path, manifest, mode, add }))
    await page.goto(`${SHELL}/`, { timeout: LOAD_MS, waitUntil: 'load' }).catch(() => add('browser.slow', 'warning', `${LOAD_MS / 1000} 秒内没有载入完`))
    await page.waitForTimeout(SETTLE_MS)
    const frame = page.frames().find(one => one.url().startsWith(APP))
    if (frame) for (const one of await measured(frame, mode, zoom)) add(one.code, one.level, one.message)
    else add('browser.blank', 'error', '页面打不开')
    await writeFile(file, await page.screenshot({ type: 'jpeg', quality: 72 }))
  } finally {
    await context.close()
  }
  return found
}
function blocked(text) {
  if (/inline (script|event)/i.test(text)) return '页面内嵌的脚本'
  if (/unsafe-eval|evaluate a string/i.test(text)) return '用字符串生成的代码'
  return /'(https?:[^']+)'/.exec(text)?.[1] ?? text.replace(/\s+/g, ' ').slice(0, 160)
}

async function answer(route, { folder, csp, script, path, manifest, mode, add }) {
  const url = new URL(route.request().url())
  if (url.origin === SHELL) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: shellPage(`${APP}/v/1/${path}`, manifest, mode) })
  if (url.origin !== APP) {
    if (url.protocol.startsWith('http')) add('browser.outside', 'note', `请求了包外地址（检查时不联网）：${url.origin}`)
    return route.abort()
  }
  if (url.pathname === '/__wanshi/app.js') return route.fulfill({ contentType: TYPES['.js'], body: script })
  if (url.pathname.startsWith('/__wanshi/vendor/')) return route.fulfill({ contentType: TYPES['.js'], body: '' })
  const name = normalize(decodeURIComponent(url.pathname)).replace(/^\/(v\/1\/)?/, '').replace(/\/$/, '/index.html') || manifest.entry
  const local = [...(manifest.compat?.base_alias ?? []), '/reserved/', '/lastTest/'].map(a => a.slice(1)).reduce((n, a) => (n.startsWith(a) ? n.slice(a.length) || manifest.entry : n), name)
  const body = local.startsWith('..') ? null : await readFile(join(folder, local)).catch(() => null)
  if (body === null) {
    if (!url.pathname.endsWith('favicon.ico')) add('browser.missing', 'warning', `包里没有这个文件：${local}`)
    return route.fulfill({ status: 404, body: '' })
  }
  const type = TYPES[extname(local).toLowerCase()] ?? 'application/octet-stream'
  if (!type.startsWith('text/html')) return route.fulfill({ contentType: type, body })
  return route.fulfill({ contentType: type, headers: { 'content-security-policy': csp.replace(/frame-ancestors [^;]+/, `frame-ancestors ${SHELL}`) }, body: withScript(body.toString()) })
}
function withScript(page) {
  const at = /<head(\s[^>]*)?>/i.exec(page) ?? /<html(\s[^>]*)?>/i.exec(page) ?? /<!doctype[^>]*>/i.exec(page)
  const from = at ? at.index + at[0].length : 0
  return `${page.slice(0, from)}<script src="/__wanshi/app.js?v=1"></script>${page.slice(from)}`
}

let axe = ''
async function measured(frame, mode, zoom) {
  axe ||= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await frame.evaluate(axe)
  const { violations, facts } = await frame.evaluate(async ({ tags, zoom: z }) => {
    // @ts-expect-error axe was put there just now
    const told = await window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
    const seen = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true)
    const own = e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent ?? '').join('').trim().length
    const words = seen.map(e => ({ n: own(e), size: parseFloat(getComputedStyle(e).fontSize) * z })).filter(w => w.n)
    const taps = seen.filter(e => e.matches('a[href],button,input:not([type=hidden]),select,textarea,[role=button],[role=link],[onclick]')).map(e => e.getBoundingClientRect()).filter(r => r.width && r.height)
    return {
      violations: told.violations.map(v => ({ id: v.id, impact: v.impact, help: v.help, count: v.nodes.length, first: String(v.nodes[0]?.target) })),
      facts: {
        letters: words.reduce((sum, w) => sum + w.n, 0), small: words.filter(w => w.size < 18).reduce((sum, w) => sum + w.n, 0),
        pictures: document.images.length + document.querySelectorAll('canvas,svg,video').length,
        taps: taps.length, tiny: taps.filter(r => Math.min(r.width, r.height) * z < 44).length,
        wide: document.documentElement.scrollWidth - window.innerWidth,
      },
    }
  }, { tags: AXE_TAGS, zoom })
  return [...violations.map(worded), ...judged(facts, mode)]
}
const worded = v => ({
  code: `a11y.${v.id}`, level: ['serious', 'critical'].includes(v.impact) ? 'warning' : 'note',
  message: `${RULES[v.id] ?? v.help}（${v.count} 处，如 ${v.first.slice(0, 80)}）`,
})
function judged(facts, mode) {
  const found = []
  if (!facts.letters && !facts.pictures) found.push({ code: 'browser.blank', level: 'error', message: '打开后是空白页' })
  if (facts.wide > 1) found.push({ code: 'page.overflow', level: 'warning', message: `比手机屏幕宽 ${Math.round(facts.wide)} 像素，需要左右滑动` })
  if (mode !== 'elder') return found
  if (facts.small > facts.letters * 0.1) found.push({ code: 'elder.text', level: 'warning', message: `长辈版有 ${Math.round(100 * facts.small / facts.letters)}% 的文字小于 18 像素` })
  if (facts.tiny) found.push({ code: 'elder.target', level: 'note', message: `长辈版有 ${facts.tiny} 个可点的地方小于 44 像素` })
  return found
}

/** The rules met most, in words for makers of apps. */
const RULES = {
  'button-name': '按钮没有名称，读屏读不出来', 'color-contrast': '文字与背景的对比度不够', 'document-title': '页面没有标题',
  'frame-title': '内嵌页面没有标题', 'html-has-lang': '页面没有写明语言', 'image-alt': '图片没有替代文字',
  'label': '输入框没有名称', 'link-name': '链接没有名称，读屏读不出来', 'meta-viewport': '禁止了放大页面',
  'scrollable-region-focusable': '可滚动的区域用键盘到不了', 'select-name': '下拉框没有名称', 'target-size': '可点的地方太小或太挤',
  'aria-required-attr': 'ARIA 角色缺少必需的属性', 'aria-valid-attr-value': 'ARIA 属性的值无效', 'list': '列表里有不是列表项的内容', 'listitem': '列表项不在列表里',
}

/** Run by the platform: `node inspect.mjs <what is wanted, as JSON>`; the outcome is printed as JSON. */
if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').slice(-3).join('/')) && process.argv[2]) {
  const told = JSON.parse(process.argv[2])
  const script = told.script_file ? readFileSync(told.script_file, 'utf8') : ''
  process.stdout.write(JSON.stringify(await inspect({ ...told, script })))
}
