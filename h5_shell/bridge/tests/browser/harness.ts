/**
 * One Chromium, one loopback server under two kinds of names: the shell's, and one origin an app.
 * What runs in the frame is our built prelude and the vendors' packages as npm gives them.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type BrowserContext, type Frame, type Page } from 'playwright-core'
import { build } from 'vite'
import type { Config } from '../../src/prelude/page'
import { answerMgop, type Seen } from './gateway'
import type { Shell } from './shell'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const BROWSER = process.env.CHROMIUM || here('../../../../var/assets/bin/chromium')
const ANDROID = 'Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36'
const ENTRIES: Record<string, string> = {
  shell: './shell.ts', guest: '../../src/global.ts', prelude: '../../src/prelude/index.ts',
  mgop: './guests/mgop.ts', weixin: './guests/weixin.ts', dingtalk: './guests/dingtalk.ts',
}
// A page that waits for its container, as apps do.
const WAITS = "window.bridgeSeen=[];document.addEventListener('AlipayJSBridgeReady',function(){window.bridgeSeen.push('AlipayJSBridgeReady')})"
const WRITES = `document.writeln("<script src='https://res.wx.qq.com/open/js/jweixin-1.6.0.js'></scr" + "ipt>")`
export const JSAPI_TICKET = 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy'

/** One script for a page, made in memory from its source. */
async function script(entry: string): Promise<string> {
  const made = await build({
    configFile: false, logLevel: 'silent', define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false, minify: false, target: 'es2022', rollupOptions: { output: { codeSplitting: false } },
      lib: { entry: here(entry), formats: ['iife'], name: 'built', fileName: () => 'built.js' },
    },
  })
  const [first] = Array.isArray(made) ? made : [made]
  return (first as { output: { code: string }[] }).output[0]!.code
}

export interface App extends Partial<Config> {
  /** What stands in the page's head after ours, as an app's own markup. */
  head?: string
  userAgent?: string
  path?: string
  rate?: number
}

export class Harness {
  readonly gateway: Seen[] = []
  readonly requests: string[] = []
  context!: BrowserContext
  page!: Page
  private browser!: Browser
  private server!: Server
  private readonly scripts: Record<string, string> = {}
  private app: App = {}
  private count = 0

  async start(): Promise<void> {
    if (!existsSync(BROWSER)) throw new Error(`No Chromium at ${BROWSER}; make setup brings it.`)
    await Promise.all(Object.entries(ENTRIES).map(async ([name, entry]) => { this.scripts[name] = await script(entry) }))
    this.server = createServer((request, reply) => { void this.answer(request, reply) })
    await new Promise<void>(resolve => { this.server.listen(0, '127.0.0.1', resolve) })
    this.browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] })
  }

  async stop(): Promise<void> {
    await this.browser?.close()
    this.server?.closeAllConnections()
    this.server?.close()
  }

  origin(name: string): string {
    return `http://${name}.miniapp.localhost:${(this.server.address() as AddressInfo).port}`
  }

  /** Opens an app of its own origin in a fresh shell; gives the frame it runs in. */
  async open(app: App = {}): Promise<Frame> {
    this.app = app
    this.count += 1
    await this.context?.close()
    this.context = await this.browser.newContext(app.userAgent === '' ? {} : { userAgent: app.userAgent ?? ANDROID })
    this.page = await this.context.newPage()
    await this.page.exposeFunction('verifyOnServer', (call: { proof?: Record<string, string> }) => verify(call))
    await this.page.goto(`${this.origin('shell')}/`)
    const url = `${this.origin(`app${this.count}`)}${app.path ?? '/index.html'}`
    await this.page.evaluate(([to, rate]) => (window as unknown as { shell: Shell }).shell.open(to as string, rate as number), [url, app.rate ?? 1000])
    return this.frame()
  }

  async frame(): Promise<Frame> {
    const frame = this.page.frame('app') as Frame
    await frame.waitForLoadState('load')
    return frame
  }

  /** What the shell's handlers were asked, and which checks came first. */
  heard() {
    return this.page.evaluate(() => {
      const { calls, asked } = (window as unknown as { shell: Shell }).shell
      return { calls: calls.map(({ method, params, dialect, proof }) => ({ method, params, dialect, proof })), asked }
    })
  }

  script(change: Partial<Shell['script']>): Promise<void> {
    return this.page.evaluate(said => { Object.assign((window as unknown as { shell: Shell }).shell.script, said) }, change)
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const host = request.headers.host ?? ''
    const url = new URL(request.url ?? '/', `http://${host}`)
    this.requests.push(`${request.method} ${url.pathname}`)
    const send = (type: string, body: string, headers = {}) => {
      reply.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', 'origin-agent-cluster': '?1', ...headers })
      reply.end(body)
    }
    if (host.startsWith('shell.')) {
      return url.pathname === '/shell.js'
        ? send('text/javascript', this.scripts.shell!) : send('text/html', '<!doctype html><title>shell</title><body><script src="/shell.js"></script>')
    }
    if (url.pathname === '/h5/mgop') return answerMgop(request, reply, this.gateway)
    if (url.pathname === '/upload') return send('text/plain', 'https://files.example/1')
    if (url.pathname === '/__wanshi/prelude.js') return send('text/javascript', `window.__wanshiPrelude=${JSON.stringify(this.config())};\n${this.scripts.prelude}`)
    if (url.pathname.startsWith('/__wanshi/vendor/')) return send('text/javascript', '/* 平台自带的实现 */')
    if (url.pathname === '/waits.js') return send('text/javascript', WAITS)
    if (url.pathname === '/writes.js') return send('text/javascript', WRITES)
    if (/^\/upload\//.test(url.pathname)) return send('text/plain', 'ok')
    const own = /^\/(\w+)\.js$/.exec(url.pathname)
    if (own) return send('text/javascript', this.scripts[own[1]!] ?? 'window.ownScript = true')
    return send('text/html', this.markup(), { 'content-security-policy':
      `default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors ${this.origin('shell')}` })
  }

  private config(): Config {
    const { dialects = [], ua = [], scriptMap = {}, hostMap = {}, baseAlias = [] } = this.app
    return { appid: 'ah340100demo', code: 3, dialects, ua, scriptMap, hostMap, baseAlias, shellOrigin: this.origin('shell') }
  }

  private markup(): string {
    const first = this.app.dialects ? '/__wanshi/prelude.js?v=3' : '/guest.js'
    return `<!doctype html><html><head><script src="${first}"></script>${this.app.head ?? ''}</head><body><button id="b">点</button></body></html>`
  }
}

/** The backend's part: a WeChat signature must fit the page it says it was made for. */
function verify({ proof }: { proof?: Record<string, string> }): { done: boolean; code?: string } {
  if (!proof) return { done: false }
  const signed = `jsapi_ticket=${JSAPI_TICKET}&noncestr=${proof.nonceStr}&timestamp=${proof.timestamp}&url=${proof.url}`
  return createHash('sha1').update(signed).digest('hex') === proof.signature ? { done: false } : { done: false, code: 'proof.invalid' }
}
