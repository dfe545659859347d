// @ts-check
/** A running platform, by its partner address and the app's key. */
import { appKey } from './keys.mjs'
import { Told } from './told.mjs'

/** @typedef {import('./project.mjs').Project} Project */

/** @param {Project} project */
export async function connect(project) {
  const { platform } = project
  if (!platform) throw new Told('不知道用哪个平台', ['在 ahmini.json 里写 "platform": "https://…"，或设环境变量 AHMINI_PLATFORM'])
  const key = await appKey(platform, project.manifest.appid)
  const token = await ask(platform, 'POST', '/tokens', { body: JSON.stringify({ client_id: key.id, client_secret: key.secret }), type: 'application/json' })
  const authorization = `Bearer ${token.access_token}`
  return {
    /** @param {string} method @param {string} path @param {unknown} [body] */
    call: (method, path, body) => ask(platform, method, path, { authorization, ...(body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }) }),
    /** @param {string} path @param {Uint8Array} data */
    send: (path, data) => ask(platform, 'POST', path, { authorization, body: data, type: 'application/zip' }),
  }
}

/** @param {string} platform @param {string} method @param {string} path @param {{authorization?: string, body?: any, type?: string}} more */
export async function ask(platform, method, path, { authorization, body, type } = {}) {
  // A key must not cross a network in the open.
  if (!/^https:\/\//.test(platform) && !/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(platform)) throw new Told(`平台地址必须是 https：${platform}`)
  const headers = { accept: 'application/json', ...(authorization && { authorization }), ...(type && { 'content-type': type }) }
  let reply
  try {
    reply = await fetch(`${platform.replace(/\/$/, '')}/partner/v1${path}`, { method, headers, body, redirect: 'error', signal: AbortSignal.timeout(120_000) })
  } catch (problem) {
    throw new Told(`连不上平台 ${platform}`, [String(/** @type {any} */ (problem).cause?.message ?? /** @type {Error} */ (problem).message)])
  }
  const told = await reply.json().catch(() => null)
  if (reply.ok) return told
  const wait = reply.headers.get('retry-after')
  throw new Told(told?.title ?? `平台答复 ${reply.status}`, [
    ...(told?.detail ? [told.detail] : []), ...(told?.errors ?? []).map(e => `${e.field}：${e.message}`),
    ...(wait ? [`请 ${wait} 秒后再试`] : []), ...(told?.trace_id ? [`追踪号 ${told.trace_id}`] : []),
  ])
}
