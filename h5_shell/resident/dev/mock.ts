/** A pretend back end for `vite dev` only: it is a dev-server plugin and cannot reach a build. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import { federationRoutes } from './data/federation'
import { identityRoutes, type Told } from './data/identity'
import { miniappRoutes } from './data/miniapps'
import { accesses, application, bills, cases, draft, licences, me, messages } from './data/mine'
import { parcelRoutes } from './data/parcels'
import { progressRoutes } from './data/progress'
import { apps, cities, guide, items, notices, platform, quick } from './data/portal'
import { qrLike } from './data/qr'

interface Call { path: string[]; query: URLSearchParams; body: Record<string, unknown>; raw: Buffer; tier: number; res: ServerResponse }
type Handler = (c: Call) => unknown
class Refused { constructor(readonly status: number, readonly code: string, readonly detail: string, readonly errors: object[] = []) {} }

let current = draft()
const session = (tier: number) => ({ access_token: `mock-${tier}`, expires_in_s: 900, person: { id: 'p-1', display_name: '周**', tier } })
const enter = (c: Call, tier: number) => {
  c.res.setHeader('Set-Cookie', `mock_tier=${tier}; Path=/; HttpOnly`)
  return session(tier)
}
const need = <T>(value: T | undefined): T => {
  if (!value) throw new Refused(404, 'not_found', '没有找到')
  return value
}
const soon = (s: number) => new Date(Date.now() + s * 1000).toISOString()
const putFile = (c: Call, code: string, name: string) => {
  const file = { id: 'f1', name, size: c.raw.length, preview_url: `data:image/jpeg;base64,${c.raw.toString('base64')}` }
  current = { ...current, version: current.version + 1, materials: current.materials.map(m => (m.code === code ? { ...m, file } : m)) }
  return current
}
const applicationOf = (no: string) => ({ ...application, version: oneCase(no).version })
const replaced = (no: string, code: string, raw: Buffer) => {
  const found = applicationOf(no)
  const file = { id: 'f2', name: '照片.jpg', size: raw.length, preview_url: `data:image/jpeg;base64,${raw.toString('base64')}` }
  return { ...found, version: found.version + 1, materials: found.materials.map(m => (m.code === code ? { ...m, file } : m)) }
}
const oneCase = (no: string) => need(cases.find(k => k.case_no === no))

const WAYS = [{ channel: 'wechat', product: 'h5', name: '微信支付' }, { channel: 'alipay', product: 'h5', name: '支付宝' }, { channel: 'nontax', product: 'h5', name: '财政非税缴款' }]
const routes: [string, Handler][] = [
  ['GET /platform', () => platform],
  ['GET /regions', () => ({ items: cities })],
  ['GET /portal/home', c => ({ region: { code: c.query.get('region'), name: cities.find(r => r.code === c.query.get('region'))?.name ?? '安徽省' }, quick, items, mini_apps: apps, notices })],
  ['GET /search', c => {
    const hits = [...items.map(i => ({ kind: 'item', code: i.code, title: i.name, subtitle: i.department, region_name: i.region_name, min_tier: i.min_tier })),
      ...apps.map(a => ({ kind: 'mini_app', code: a.appid, title: a.name, subtitle: a.summary, region_name: a.region_name, min_tier: a.min_tier }))]
      .filter(h => [...(c.query.get('q') ?? '')].every(x => (h.title + h.subtitle).includes(x)))
    return { hits, total: hits.length }
  }],
  ['GET /items/:', c => ({ ...guide, ...items.filter(i => i.code === c.path[1])[0] })],
  ['POST /sign-up/codes', () => ({ expires_in_s: 300, resend_after_s: 60 })],
  ['POST /sign-up', c => {
    if (c.body.code !== '123456') throw new Refused(422, 'invalid', '验证码不对', [{ field: 'code', message: '验证码不对或已过期' }])
    return enter(c, 1)
  }],
  ['POST /sessions', c => {
    if (c.body.password === 'wrong') throw new Refused(401, 'credentials.wrong', '账号或密码不对，还可以再试 4 次')
    return enter(c, 1)
  }],
  ['POST /sessions/refresh', c => { if (!c.tier) throw new Refused(401, 'session.none', '请先登录'); return session(c.tier) }],
  ['DELETE /sessions/current', c => { enter(c, 0) }],
  ['GET /me', c => me(c.tier)],
  ['GET /me/accesses', () => ({ items: accesses, next: null })],
  ['GET /me/ratings/:', () => ({ state: 'invited', score: null, tags: [], comment: '' })],
  ['GET /me/messages', () => ({ items: messages, unread: messages.filter(m => !m.read).length, next: null })],
  ['POST /me/messages/:/read', () => undefined],
  ['POST /me/consents', () => ({ id: 'c1' })],
  ['POST /me/face-checks', () => ({ id: 'f1', expires_at: soon(600), attempts_left: 5, phone_masked: '138****2046' })],
  ['POST /me/face-checks/:/code', () => undefined],
  ['PUT /me/face-checks/:/photo', () => ({ state: 'matched', attempts_left: 4 })],
  ['POST /me/face-checks/:/confirm', c => {
    if (c.body.code !== '123456') return { state: 'refused', tier: c.tier, attempts_left: 3 }
    enter(c, 2)
    return { state: 'passed', tier: 2, attempts_left: 4 }
  }],
  ['POST /cases/drafts', () => (current = draft())],
  ['GET /drafts', () => ({ items: [] })],
  ['GET /drafts/:', () => current],
  ['PUT /drafts/:', c => (current = { ...current, data: c.body.data as Record<string, unknown>, version: current.version + 1 })],
  ['PUT /drafts/:/materials/:', c => putFile(c, c.path[3] ?? '', c.query.get('name') ?? '照片.jpg')],
  ['DELETE /drafts/:/materials/:', c => (current = { ...current, materials: current.materials.map(m => (m.code === c.path[3] ? { ...m, file: null } : m)) })],
  ['POST /cases', c => {
    if (c.body.draft_id === 'd3' && !c.body.act_proof) throw { problem: { status: 401, code: 'kernel.tier_required', title: '此操作需要当场进行高级实名核验', required_tier: 3, act: { act: 'cases.submit', act_name: '提交办件申请', about: 'd3', digest: 'a' } } } satisfies Told
    return cases[1]
  }],
  ['GET /cases', () => ({ items: cases, next: null })],
  ['GET /cases/:', c => oneCase(c.path[1] ?? '')],
  ['GET /cases/:/application', c => applicationOf(oneCase(c.path[1] ?? '').case_no)],
  ['POST /cases/:/corrections', c => oneCase(c.path[1] ?? '')],
  ['PUT /cases/:/materials/:', c => replaced(c.path[1] ?? '', c.path[3] ?? '', c.raw)],
  ['POST /cases/:/withdraw', c => ({ ...oneCase(c.path[1] ?? ''), state: 'withdrawn', state_name: '已撤回', can: [] })],
  ['POST /cases/:/rating', () => ({})],
  ...progressRoutes as [string, Handler][],
  ['GET /bills', () => ({ items: bills })],
  ['GET /bills/:', c => need(bills.find(b => b.bill_no === c.path[1]))],
  ['GET /bills/:/ways', c => ({ items: c.query.get('client') === 'desktop' ? WAYS.map(w => ({ ...w, product: w.channel === 'wechat' ? 'native' : 'page', name: w.channel === 'wechat' ? '微信扫码支付' : w.name })) : WAYS })],
  ['POST /bills/:/orders', c => ({ order_no: 'O1', go: c.body.product === 'native' ? { kind: 'qr', told: { code: 'weixin://wxpay/bizpayurl?pr=SIMULATED' } } : { kind: 'redirect', told: { url: '/#/pay/result/O1' } } })],
  ['GET /orders/:', c => ({ state: { O2: 'closed', O3: 'paying' }[c.path[1] ?? ''] ?? 'paid', bill_no: 'B2026112100006' })],
  ['GET /licences', () => ({ items: licences })],
  ['GET /licences/:', c => need(licences.find(l => l.id === c.path[1]))],
  ['POST /licences/:/codes', () => ({ qr_svg: qrLike(), verify_url: '/verify/tok', expires_at: soon(58), bar_text: '2846103957712046' })],
  ['POST /licence-verifications', c => ({ valid: c.body.token !== 'bad', reason: c.body.token === 'bad' ? 'expired' : '', ...licences[c.body.token === 'bad' ? 2 : 0], checked_at: new Date().toISOString() })],
]

routes.push(...parcelRoutes as [string, Handler][], ...identityRoutes, ...federationRoutes, ...miniappRoutes as [string, Handler][])

function find(method: string, path: string[]): Handler | undefined {
  return routes.find(([pattern]) => {
    const [m, p = ''] = pattern.split(' ')
    const parts = p.slice(1).split('/')
    return m === method && parts.length === path.length && parts.every((x, i) => x === ':' || x === path[i])
  })?.[1]
}

async function answer(req: IncomingMessage, res: ServerResponse) {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const raw = Buffer.concat(chunks)
  const url = new URL(req.url ?? '/', 'http://mock')
  const path = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent)
  const json = req.headers['content-type']?.includes('json') && raw.length
  const tier = Number(/mock_tier=(\d)/.exec(req.headers.cookie ?? '')?.[1] ?? 0)
  const send = (status: number, body: unknown) => { res.statusCode = status; res.setHeader('Content-Type', 'application/json'); res.end(body === undefined ? '' : JSON.stringify(body)) }
  try {
    const handler = find(req.method ?? 'GET', path)
    if (!handler) throw new Refused(404, 'not_found', '没有这个接口')
    send(200, handler({ path, query: url.searchParams, body: json ? JSON.parse(raw.toString()) as Record<string, unknown> : {}, raw, tier, res }))
  } catch (e) {
    if (e && typeof e === 'object' && 'problem' in e) {
      res.setHeader('WWW-Authenticate', 'Bearer acr_values="urn:wanshi:acr:t3"')
      return send((e as Told).problem.status, (e as Told).problem)
    }
    const r = e instanceof Refused ? e : new Refused(500, 'mock', String(e))
    send(r.status, { code: r.code, title: r.detail, detail: r.detail, status: r.status, errors: r.errors })
  }
}

export function mock(): Plugin {
  return {
    name: 'wanshi-mock',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((req, res, next) => {
        // The pretend app is served under its version's number, as real ones are.
        if (req.url?.startsWith('/v/1/')) req.url = req.url.replace('/v/1/', '/dev/')
        if (req.url?.startsWith('/api/v1/')) void answer(req, res)
        else next()
      })
    },
  }
}
