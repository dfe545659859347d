// @ts-check
/// <reference lib="webworker" />
/**
 * Keeps an app for when there is no network. Every byte it hands out was reviewed: the platform's
 * signature over the release document binds the index, the index binds each file by SHA-256, and
 * a file is checked when it comes and again when it is used, since the app itself can write to
 * the cache. The platform puts `const KEYS = [...]`, its public keys, before this file.
 */
/* global KEYS */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self))
const FILES = 'wanshi-files'
const RELEASES = 'wanshi-releases'
const OURS = '/__wanshi/'
const TYPES = {
  css: 'text/css', gif: 'image/gif', htm: 'text/html', html: 'text/html', ico: 'image/x-icon', jpeg: 'image/jpeg',
  jpg: 'image/jpeg', js: 'text/javascript', json: 'application/json', mjs: 'text/javascript', mp3: 'audio/mpeg',
  mp4: 'video/mp4', otf: 'font/otf', pdf: 'application/pdf', png: 'image/png', svg: 'image/svg+xml', ttf: 'font/ttf',
  txt: 'text/plain', wasm: 'application/wasm', webp: 'image/webp', woff: 'font/woff', woff2: 'font/woff2',
}

worker.addEventListener('install', () => void worker.skipWaiting())
worker.addEventListener('activate', event => event.waitUntil(worker.clients.claim()))
worker.addEventListener('message', event => {
  const code = event.data && event.data.keep
  if (Number.isInteger(code) && code > 0) event.waitUntil(keep(code).catch(() => undefined))
})
worker.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  const own = url.origin === worker.location.origin && !url.pathname.startsWith('/h5/')
  if (event.request.method === 'GET' && own) event.respondWith(answer(event.request, url))
})

const bytesOf = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map(b => b.toString(16).padStart(2, '0')).join('')
}

/** The claims of a release document that is ours, whole and not over; throws otherwise. */
async function claimsOf(document) {
  const [head, body, mark] = document.split('.')
  const { kid, alg, typ } = JSON.parse(new TextDecoder().decode(bytesOf(head)))
  const jwk = KEYS.find(key => key.kid === kid)
  if (!jwk || alg !== 'ES256' || typ !== 'miniapp-release+jwt') throw new Error('not a release document of this platform')
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  const signed = new TextEncoder().encode(`${head}.${body}`)
  const held = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytesOf(mark), signed)
  const claims = JSON.parse(new TextDecoder().decode(bytesOf(body)))
  if (!held || claims.exp * 1000 <= Date.now() || claims.sub !== worker.location.hostname.split('.')[0]) throw new Error('release document refused')
  return claims
}

/** What is kept of a release, its claims verified anew; null when there is nothing to trust. */
async function checked(kept) {
  if (!kept) return null
  const claims = await claimsOf(kept.release)
  if (await sha256(new TextEncoder().encode(kept.index)) !== claims.index) throw new Error('index refused')
  return { ...kept, claims, files: JSON.parse(kept.index) }
}
async function releaseOf(code) {
  const found = await (await caches.open(RELEASES)).match(`${OURS}release/${code}`)
  return checked(found && await found.json()).catch(() => null)
}
async function codes() {
  const kept = await (await caches.open(RELEASES)).keys()
  return kept.map(request => Number(/\/release\/(\d+)$/.exec(request.url)?.[1])).filter(Boolean).sort((a, b) => b - a)
}

async function keep(code) {
  const reply = await fetch(`${OURS}release/${code}`, { cache: 'no-store' })
  if (!reply.ok) return
  const release = await checked(await reply.clone().json())
  if (release.claims.code !== code) return
  if (release.strategy === 'cache-first') await bring(code)
  const store = await caches.open(FILES)
  for (const path of new Set([release.entry, ...release.precache])) {
    const file = release.files[path]
    if (file && !await store.match(`${OURS}file/${file.sha256}`)) await put(file.sha256, await (await fetch(`${OURS}file/${file.sha256}`)).arrayBuffer())
  }
  await (await caches.open(RELEASES)).put(`${OURS}release/${code}`, reply)
  await forget(code)
}

/** Everything of a version that the one before did not have, in one reply. */
async function bring(code) {
  const before = (await codes()).find(known => known < code)
  const reply = await fetch(`${OURS}delta/${code}${before ? `?from=${before}` : ''}`)
  if (!reply.ok) throw new Error(`delta: ${reply.status}`)
  const bytes = await reply.arrayBuffer()
  const length = new DataView(bytes).getUint32(0)
  let at = 4 + length
  for (const [mark, size] of JSON.parse(new TextDecoder().decode(bytes.slice(4, at)))) {
    await put(mark, bytes.slice(at, at + size))
    at += size
  }
}
async function put(mark, bytes) {
  if (await sha256(bytes) !== mark) throw new Error(`changed on the way: ${mark}`)
  await (await caches.open(FILES)).put(`${OURS}file/${mark}`, new Response(bytes))
}

/** Two versions stay: the one just opened and the one before it. */
async function forget(code) {
  const releases = await caches.open(RELEASES)
  const stay = (await codes()).filter(known => known <= code).slice(0, 2)
  const used = new Set()
  for (const known of await codes()) {
    if (!stay.includes(known)) await releases.delete(`${OURS}release/${known}`)
    else for (const file of Object.values((await releaseOf(known))?.files ?? {})) used.add(file.sha256)
  }
  const files = await caches.open(FILES)
  for (const request of await files.keys()) {
    if (!used.has(request.url.split('/').pop() ?? '')) await files.delete(request)
  }
}

async function answer(request, url) {
  if (url.pathname.startsWith(OURS)) return ours(request)
  const versioned = /^\/v\/(\d+)\/(.*)$/.exec(url.pathname)
  const code = versioned ? Number(versioned[1]) : (await codes())[0]
  const release = code ? await releaseOf(code) : null
  if (!release) return fetch(request)
  const path = pathOf(release, decodeURIComponent(versioned ? versioned[2] : url.pathname.slice(1)), !versioned)
  if (versioned && release.baseAlias.length && /\.html?$/.test(path)) return Response.redirect(`${release.baseAlias[0]}${path}${url.search}`)
  if (release.strategy === 'cache-first') return await fromCache(release, path) ?? fetch(request)
  try { return await fetch(request) } catch (error) {
    const kept = await fromCache(release, path)
    if (kept) return kept
    throw error
  }
}

/** Our own script is asked for anew and kept for when nobody answers. */
async function ours(request) {
  const store = await caches.open(RELEASES)
  const script = new URL(request.url).pathname === `${OURS}app.js`
  try {
    const reply = await fetch(request)
    if (script && reply.ok) await store.put(`${OURS}app.js`, reply.clone())
    return reply
  } catch (error) {
    const kept = script && await store.match(`${OURS}app.js`)
    if (kept) return kept
    throw error
  }
}

function pathOf(release, name, bare) {
  const wanted = name === '' || name.endsWith('/') ? `${name}index.html` : name
  if (release.files[wanted] || !bare) return name === '' ? release.entry : wanted
  const folder = ['reserved/', 'lastTest/', ...release.baseAlias.map(alias => alias.slice(1))].find(alias => wanted.startsWith(alias))
  return folder ? wanted.slice(folder.length) : wanted
}

async function fromCache(release, path) {
  const file = release.files[path]
  const kept = file && await (await caches.open(FILES)).match(`${OURS}file/${file.sha256}`)
  if (!kept) return null
  const bytes = await kept.arrayBuffer()
  if (await sha256(bytes) !== file.sha256) {
    await (await caches.open(FILES)).delete(`${OURS}file/${file.sha256}`)
    return null
  }
  const type = TYPES[path.split('.').pop()?.toLowerCase() ?? ''] ?? 'application/octet-stream'
  const headers = { 'content-type': /^text|json/.test(type) ? `${type}; charset=utf-8` : type, 'x-content-type-options': 'nosniff', 'content-security-policy': release.claims.csp }
  return new Response(type === 'text/html' ? dressed(bytes, release.claims.code) : bytes, { headers })
}

/** The page with the platform's script first, as it leaves the server. */
function dressed(bytes, code) {
  const page = new TextDecoder().decode(bytes)
  const tag = `<script src="${OURS}app.js?v=${code}"></script>`
  const at = /<head(\s[^>]*)?>/i.exec(page) ?? /<html(\s[^>]*)?>/i.exec(page) ?? /<!doctype[^>]*>/i.exec(page)
  const from = at ? at.index + at[0].length : 0
  return page.slice(0, from) + tag + page.slice(from)
}
