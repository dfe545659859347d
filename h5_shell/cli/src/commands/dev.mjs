// @ts-check
import { watch } from 'node:fs'
import { createServer } from 'node:http'
import { extname, normalize } from 'node:path'
import { asset, guestScript } from '../assets.mjs'
import * as project from '../project.mjs'
import { Told } from '../told.mjs'
import * as ui from '../ui.mjs'
import { policy } from './check.mjs'

const TYPES = {
  '.css': 'text/css', '.html': 'text/html', '.htm': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif', '.webp': 'image/webp', '.woff2': 'font/woff2', '.wasm': 'application/wasm',
}
const QUIET_MS = 80

/** @type {import('../commands.mjs').Command} */
export const dev = {
  usage: '[--port 5178]',
  about: '在本机运行应用：模拟外壳，可换容器方言、长辈版、地区和实名等级，文件一改就刷新。',
  options: { port: { type: 'string', note: '端口，默认 5178' } },
  async run({ values }) {
    const port = Number(values.port ?? 5178)
    if (!Number.isInteger(port) || port < 1024 || port > 65535) throw new Told('--port 要是 1024 到 65535 的整数')
    const server = await serve('.', port)
    ui.done(`${server.manifest.name} 正在运行`)
    ui.line(`\n  请在浏览器打开 ${ui.bold(server.address)}\n  Ctrl-C 停止`)
    await new Promise(resolve => process.once('SIGINT', () => resolve(server.close())))
  },
}

/** Serve a project with a played shell; only for this machine. @param {string} folder @param {number} port 0 takes a free one */
export async function serve(folder, port) {
  let here = await project.open(folder)
  await asset('dev-shell.js')
  /** @type {Set<import('node:http').ServerResponse>} */
  const listening = new Set()
  const server = createServer((request, reply) => void answer(request, reply).catch(problem => {
    reply.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(String(problem?.message ?? problem))
  }))
  const at = await new Promise((resolve, reject) => {
    server.once('error', problem => reject(/** @type {any} */ (problem).code === 'EADDRINUSE' ? new Told(`端口 ${port} 已被占用，请用 --port 换一个`) : problem))
    server.listen(port, '127.0.0.1', () => resolve(/** @type {any} */ (server.address()).port))
  })
  const shell = `http://shell.miniapp.localhost:${at}`
  const app = () => `http://${here.manifest.appid}.miniapp.localhost:${at}`

  async function answer(request, reply) {
    const url = new URL(request.url ?? '/', 'http://any')
    const host = (request.headers.host ?? '').split(':')[0]
    if (host === 'shell.miniapp.localhost') return played(url, reply)
    if (host !== `${here.manifest.appid}.miniapp.localhost`) return reply.writeHead(302, { location: shell }).end()
    if (url.pathname === '/__wanshi/app.js') return send(reply, 'text/javascript', await guestScript(speaking(url), shell))
    if (url.pathname.startsWith('/__wanshi/vendor/')) return send(reply, 'text/javascript', '')
    return file(url, reply)
  }
  /** The manifest, with the dialect that was picked in the toolbar. */
  function speaking(url) {
    const dialect = url.searchParams.get('dialect') ?? ''
    return dialect ? { ...here.manifest, compat: { ...here.manifest.compat, dialects: dialect === 'none' ? [] : [dialect] } } : here.manifest
  }
  async function played(url, reply) {
    if (url.pathname === '/dev-shell.js' || url.pathname === '/dev-shell.css') return send(reply, url.pathname.endsWith('css') ? 'text/css' : 'text/javascript', await asset(url.pathname.slice(1)))
    if (url.pathname === '/changes') {
      listening.add(reply)
      reply.on('close', () => listening.delete(reply))
      return reply.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write(': on\n\n')
    }
    return send(reply, 'text/html', SHELL.replace('__MANIFEST__', () => JSON.stringify({ manifest: here.manifest, origin: app() }).replace(/</g, '\\u003c')))
  }
  async function file(url, reply) {
    const name = normalize(decodeURIComponent(url.pathname)).replace(/^\/(v\/\d+\/)?/, '').replace(/\/$/, '/index.html')
    const aliases = [...(here.manifest.compat?.base_alias ?? []), '/reserved/', '/lastTest/'].map(alias => alias.slice(1))
    const path = aliases.reduce((short, alias) => (short.startsWith(alias) ? short.slice(alias.length) || here.manifest.entry : short), name || here.manifest.entry)
    const body = here.files[path]
    if (!body) return reply.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`没有文件 ${path}`)
    const type = TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream'
    if (type !== 'text/html') return send(reply, type, body)
    const rules = policy(here.manifest).replace("frame-ancestors 'none'", `frame-ancestors ${shell}`)
    return send(reply, type, withScript(Buffer.from(body).toString(), url.searchParams.get('__dialect') ?? ''), { 'content-security-policy': rules })
  }

  let soon = /** @type {NodeJS.Timeout|undefined} */ (undefined)
  const watching = watch(here.folder, { recursive: true }, (_, name) => {
    if (/(^|[\\/])(node_modules|\.git)([\\/]|$)/.test(String(name ?? ''))) return
    clearTimeout(soon)
    soon = setTimeout(() => void project.open(folder).then(next => {
      here = next
      for (const reply of listening) reply.write('event: changed\ndata: {}\n\n')
    }, problem => ui.error(problem.message)), QUIET_MS)
  })
  return {
    manifest: here.manifest, address: shell,
    close() {
      watching.close()
      clearTimeout(soon)
      for (const reply of listening) reply.end()
      server.close()
      server.closeAllConnections()
    },
  }
}

function send(reply, type, body, more = {}) {
  reply.writeHead(200, { 'content-type': /^text|json|javascript|svg/.test(type) ? `${type}; charset=utf-8` : type, 'cache-control': 'no-store', ...more }).end(body)
}
function withScript(page, dialect) {
  const at = /<head(\s[^>]*)?>/i.exec(page) ?? /<html(\s[^>]*)?>/i.exec(page) ?? /<!doctype[^>]*>/i.exec(page)
  const from = at ? at.index + at[0].length : 0
  return `${page.slice(0, from)}<script src="/__wanshi/app.js${dialect ? `?dialect=${encodeURIComponent(dialect)}` : ''}"></script>${page.slice(from)}`
}

const SHELL = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>万事小程序调试</title><link rel="stylesheet" href="/dev-shell.css"></head><body><div id="root"></div><script type="application/json" id="manifest">__MANIFEST__</script><script src="/dev-shell.js"></script></body></html>`
