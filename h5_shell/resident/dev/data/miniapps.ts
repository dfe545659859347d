/** What the pretend back end says about apps: lists, launches, calls, permissions, API services. */
import { generateKeyPairSync, sign } from 'node:crypto'
import type { Asked, Told } from './identity'
import { apps, cities } from './portal'

const ago = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString()
const refuse = (status: number, code: string, title: string, more: object = {}): never => { throw { problem: { status, code, title, detail: title, ...more } } satisfies Told }
const CATEGORIES: Record<string, string> = { housing: '住房保障', transport: '交通出行', social_security: '社会保障', education: '教育科研', utilities: '生活缴费', medical: '医疗卫生' }
const OWNERS = ['住房公积金管理中心', '交通运输局', '教育局', '医疗保障局', '城市管理局', '住房和城乡建设局']
/** Enough of them that the list has pages. */
const places = cities.map(c => ({ code: c.code ?? '', name: c.name ?? '' }))
const many = [...apps, ...places.slice(0, 14).flatMap((c, i) => Object.entries(CATEGORIES).slice(0, 3).map(([category], n) => ({
  appid: `ah${c.code}demo${n}`, name: `${c.name.replace('市', '')}${['安居', '出行', '社保'][n]}`, short_name: ['安居', '出行', '社保'][n] ?? '', icon_url: '', summary: ['租房、公租房申请', '公交、停车、违章', '参保、缴费、待遇'][n] ?? '',
  region_name: c.name, region_code: c.code, owner_name: `${c.name}${OWNERS[(i + n) % OWNERS.length]}`, min_tier: n, mode: 'h5', category, category_name: CATEGORIES[category] ?? '',
})))]
const near = (region: string | null) => many.filter(a => !region || region === '340000' || a.region_code === region || a.region_code === '340000')
const wanted = (c: Asked & { query: URLSearchParams }) => near(c.query.get('region')).filter(a =>
  (!c.query.get('category') || a.category === c.query.get('category')) && (!c.query.get('owner') || a.owner_name === c.query.get('owner'))
  && [...c.query.get('q') ?? ''].every(x => (a.name + a.summary + a.owner_name).includes(x)))
const counted = (values: [string, string][]) => [...new Map(values).entries()].map(([key, title]) => ({ key, title, count: values.filter(([k]) => k === key).length })).sort((a, b) => b.count - a.count)

const scope = (name: string, title: string, reason: string, required = false) => ({ scope: name, title, reason, required, approved: true, granted: 'no' })
const permissions = [
  scope('auth.ticket', '知道是您在使用', '登录后显示您自己的公积金账户', true), scope('device.geolocation', '获取您的位置', '找离您最近的办理网点'), scope('device.scan', '扫描二维码', '扫窗口的排队码取号'),
  scope('media.image', '选择和保存图片', '上传购房合同的照片'), scope('share.page', '分享页面', '把办理指南发给家人'), scope('link.open', '打开其他应用或网站', '打开住房和城乡建设部的政策页面'),
  scope('device.phone', '拨打电话', '打给办理网点'), scope('pay.request', '请您付款', '补缴公积金'), scope('auth.face', '请您做人脸核验', '提取公积金前确认是您本人'),
]
const SERVICES = [
  { key: 'balance', title: '查公积金余额', summary: '账户状态、余额、最近一次缴存', kind: 'query' }, { key: 'visit', title: '预约上门看房', summary: '选日期，留下电话', kind: 'form' },
  { key: 'branches', title: '办理网点', summary: '地址、电话、上班时间', kind: 'list' },
]
const FORMS: Record<string, object> = {
  balance: { title: '查公积金余额', note: '只查您自己的账户。', schema: { required: ['account', 'year'], properties: { account: { type: 'string', title: '公积金账号', pattern: '^\\d{9,12}$' }, year: { title: '年度', oneOf: [{ const: '2026', title: '2026 年' }, { const: '2025', title: '2025 年' }] } } }, ui: { groups: [{ title: '查什么', fields: ['account', 'year'] }] } },
  visit: { title: '预约上门看房', note: '工作日上门，来之前会先打电话。', schema: { required: ['day', 'phone'], properties: { day: { type: 'string', format: 'date', title: '日期' }, phone: { type: 'string', title: '联系电话', pattern: '^1\\d{10}$' }, note: { type: 'string', title: '补充说明', maxLength: 200 } } }, ui: { groups: [{ title: '预约', fields: ['day', 'phone', 'note'] }], widgets: { note: { kind: 'textarea' } } } },
}
const RESULTS: Record<string, object> = {
  balance: { kind: 'record', title: '您的公积金账户', fields: [{ label: '账户状态', value: '正常' }, { label: '余额', value: '68,240.55 元' }, { label: '月缴存额', value: '1,836.00 元' }, { label: '缴至', value: '2026 年 10 月' }] },
  visit: { kind: 'message', title: '预约好了', text: '12 月 2 日上午，工作人员会先打您的电话。' },
  branches: { kind: 'list', title: '离您近的办理网点', next: 'p2', items: [
    { title: '滨湖管理部', summary: '滨湖新区徽州大道 4872 号', fields: [{ label: '电话', value: '0551-5550101' }, { label: '上班时间', value: '周一至周五 9:00—17:00' }] },
    { title: '庐阳管理部', summary: '庐阳区阜南路 88 号', fields: [{ label: '电话', value: '0551-5550102' }, { label: '上班时间', value: '周一至周六 9:00—17:00' }] }] },
}
const granted = [
  { appid: 'hf.gjj', name: '合肥公积金', icon_url: '', scopes: [
    { scope: 'auth.ticket', title: '知道是您在使用', reason: '登录后显示您自己的公积金账户', granted_at: ago(200), last_used_at: ago(3) },
    { scope: 'device.geolocation', title: '获取您的位置', reason: '找离您最近的办理网点', granted_at: ago(190), last_used_at: null }] },
  { appid: 'bz.gzf', name: '亳州公租房', icon_url: '', scopes: [{ scope: 'auth.ticket', title: '知道是您在使用', reason: '登录后显示您自己的申请进度', granted_at: ago(420), last_used_at: ago(26) }] },
]
const uses = [
  { at: ago(3), appid: 'hf.gjj', app_name: '合肥公积金', method: 'ah.auth.getTicket', scope: 'auth.ticket', title: '知道是您在使用', what: '应用内编号、实名等级', outcome: 'done' },
  { at: ago(3.1), appid: 'hf.gjj', app_name: '合肥公积金', method: 'ah.device.getLocation', scope: 'device.geolocation', title: '获取您的位置', what: '获取您的位置', outcome: 'passed' },
  { at: ago(26), appid: 'bz.gzf', app_name: '亳州公租房', method: '', scope: 'auth.user', title: '获取您同意提供的信息', what: '获取您同意提供的信息', outcome: 'refused' },
]
function called(c: Asked) {
  if (c.body.method === 'ah.auth.getTicket') {
    if (c.tier < 2) refuse(401, 'kernel.tier_required', '办理此事项需要更高的实名等级', { required_tier: 2 })
    return { done: true, value: { ticket: 'mock-ticket', expires_in_s: 60 } }
  }
  if (c.body.method === 'ah.auth.verifyFace') {
    if (!c.body.act_proof) refuse(401, 'kernel.tier_required', '此操作需要当场进行高级实名核验', { required_tier: 3, act: { act: 'miniapps.verify_face', act_name: '向应用证明是您本人', about: 'n1', digest: 'a' } })
    return { done: true, value: { passed: true } }
  }
  return c.body.method === 'ah.pay.request' ? { done: true, value: { bill: 'B2026112100006' } } : { done: false, value: null }
}
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicKey.export({ format: 'jwk' })
/** Signed as the platform signs what review released. */
function released(appid: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'ES256', typ: 'miniapp-release+jwt' })}.${part({ sub: appid, code: 1, floor: 1, exp: Date.now() / 1000 + 3600, scopes: permissions.map(p => p.scope) })}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
function launched(c: Asked & { res: { req: { headers: { host?: string } } } }) {
  const app = many.find(a => a.appid === c.path[1])
  if (c.path[1] === 'hf.halted') refuse(404, 'miniapps.suspended', '该应用正在整改，恢复后会通知您。急事请打 12345。')
  if (!app) return refuse(404, 'miniapps.no_such_app', '没有这个应用')
  const origin = `http://${c.res.req.headers.host?.replace('127.0.0.1', 'localhost')}`
  return {
    launch_id: 'n1', token: 't'.repeat(43), origin, url: `${origin}/v/1/guest.html`, mode: app.mode, trial: false, sandbox: 'allow-scripts allow-same-origin allow-forms', allow: '', min_tier: app.min_tier,
    permissions: app.mode === 'api' ? [] : permissions, ticket_fields: [{ key: 'openid', title: '应用内编号' }, { key: 'tier', title: '实名等级' }], ui: { titlebar: 'native', elder: 'native', theme: null }, release: released(app.appid), jwk,
    services: app.mode === 'api' ? SERVICES : undefined, app: { appid: app.appid, name: app.name, owner_name: app.owner_name, version: '1.2.0', icon_url: '', hotline: '' },
  }
}

type Routed = Asked & { query: URLSearchParams; res: never }
export const miniappRoutes: [string, (c: never) => unknown][] = ([
  ['GET /miniapps', c => {
    const found = wanted(c)
    const from = Number(c.query.get('after') || 0)
    const most = Number(c.query.get('limit') || 20)
    return { items: found.slice(from, from + most), next: found.length > from + most ? String(from + most) : null, total: found.length }
  }],
  ['GET /miniapps/groups', c => {
    const found = near(c.query.get('region'))
    return {
      categories: counted(found.map(a => [a.category, a.category_name])), owners: counted(found.map(a => [a.owner_name, a.owner_name])).map(o => ({ name: o.title, count: o.count })),
      regions: counted(found.map(a => [a.region_code, a.region_name])).map(r => ({ code: r.key, name: r.title, count: r.count })), total: found.length,
    }
  }],
  ['POST /miniapps/:/launches', launched],
  ['POST /miniapps/:/reports', () => ({})],
  ['PUT /launches/:/consents', () => undefined],
  ['POST /launches/:/calls', called],
  ['POST /launches/:/outcome', () => undefined],
  ['POST /launches/:/forms/:', c => FORMS[c.path[3] ?? ''] ?? refuse(404, 'not_found', '没有这项服务')],
  ['POST /launches/:/services/:', c => {
    const params = c.body.params as Record<string, unknown> | undefined
    if (params?.account === '000000000') refuse(422, 'invalid', '没有查到这个账号', { errors: [{ field: 'account', message: '没有这个账号，请核对' }] })
    if (params?.after) return { kind: 'list', title: '离您近的办理网点', next: null, items: [{ title: '蜀山管理部', summary: '蜀山区长江西路 200 号' }] }
    return RESULTS[c.path[3] ?? ''] ?? refuse(404, 'not_found', '没有这项服务')
  }],
  ['GET /me/miniapps', () => ({ recent: many.slice(0, 3), favourites: many.slice(1, 2) })],
  ['PUT /me/miniapps/favourites/:', () => undefined], ['DELETE /me/miniapps/favourites/:', () => undefined],
  ['GET /me/miniapps/permissions', () => granted], ['DELETE /me/miniapps/permissions/:', () => undefined],
  ['GET /me/miniapps/uses', () => ({ items: uses, next: null })],
] as [string, (c: Routed) => unknown][]) as [string, (c: never) => unknown][]
