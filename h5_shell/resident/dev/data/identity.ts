/** What the pretend back end says about identity and organisations; `?state` of an id picks a state. */
const soon = (s: number) => new Date(Date.now() + s * 1000).toISOString()
export interface Told { problem: { status: number; code: string; title: string; [more: string]: unknown } }
const refuse = (status: number, code: string, title: string, more: object = {}): never => { throw { problem: { status, code, title, detail: title, ...more } } satisfies Told }

const way = (code: string, name: string, family_name: string, how: 'online' | 'face' | 'window', needs_face: boolean, asks: object[] = []) =>
  ({ code, name, family: code, family_name, tier: 2, enabled: true, needs_face, how, asks })
const WAYS = [
  way('realname_window', '政务大厅实名窗口', '身份证', 'window', false), way('face_and_code', '人脸识别与短信验证码', '身份证', 'face', true),
  way('face_and_voice', '人脸识别与语音随机码', '身份证', 'face', true), way('alipay', '支付宝实名认证', '第三方支付', 'online', true),
  way('wechat_face', '微信实人认证', '第三方支付', 'online', true, [{ name: 'login_code', title: '微信登录凭证', pattern: '.+', hint: '' }]),
  way('unionpay', '银联卡实名认证', '第三方支付', 'online', false), way('housing_fund', '公积金账号认证', '公共服务账户', 'online', false),
  way('social_security_card', '社会保障卡认证', '社会保障卡', 'online', false),
]
const certification = (means: string, state = 'open') => ({
  id: `c-${means}`, means, means_name: means, state, tier: state === 'passed' ? 2 : 1, expires_at: soon(1800),
  next: {
    kind: means === 'alipay' ? 'redirect' : 'fields', url: '/identity/certifications/c-passed', params: {},
    fields: [{ name: 'card_number', title: '银联卡号', pattern: '^62[0-9]{14,17}$', hint: '以 62 开头的银行卡号' }, { name: 'phone', title: '银行预留手机号', pattern: '^1[3-9][0-9]{9}$', hint: '' }],
  },
})
const act = (id: string) => ({
  id, act: 'cases.submit', act_name: '提交办件申请', about: 'd1', digest: 'a'.repeat(64), nonce: 'n', to_sign: 'wanshi-act/1\n0192\ncases.submit\nd1\n9c1d…', state: 'open', expires_at: soon(300),
  video: id === 'a-video' ? { state: 'waiting', before_me: 2, reason: '', expires_at: soon(7200) } : id === 'a-confirmed' ? { state: 'confirmed', before_me: 0, reason: '', expires_at: soon(7200) } : null,
  methods: [
    { code: 'live_face', name: '实时人脸核验', needs_face: true, obstacle: '' }, { code: 'certificate', name: '个人数字证书', needs_face: false, obstacle: '' },
    { code: 'video', name: '视频人工核验', needs_face: false, obstacle: '' }, { code: 'voiceprint', name: '声纹核验', needs_face: false, obstacle: '您还没有登记声纹' },
  ],
})
const company = {
  id: 'o1', name: '亳州市谯城区芍花药材有限公司', credit_code: '91341602MADEM0011Y', organisation_code: 'MADEM0011', kind: 'enterprise', kind_name: '企业', certificate: '营业执照',
  state: 'active', level: 1, level_name: '初级', as_representative: true, delegation_id: null as string | null, delegated_items: [], delegated_until: null,
}
const organisations = [
  company,
  { ...company, id: 'o4', name: '亳州市谯城区演示合作社', credit_code: '93341602MADEM0044K', kind_name: '农民专业合作社', level: 2, level_name: '中级' },
  { ...company, id: 'o2', name: '谯城区养生文化协会', credit_code: '51341602MJDEM0022P', kind_name: '社会团体', certificate: '社会团体法人登记证书', as_representative: false, delegation_id: 'g9', delegated_items: ['bz-gzf'], delegated_until: '2027-05-01' },
  { ...company, id: 'o3', name: '谯城区演示文化馆', credit_code: '1234160248DEM003XP', kind_name: '事业单位', certificate: '事业单位法人证书', state: 'awaiting_representative' },
]
const delegations = [
  { id: 'g1', delegate_name: '王**', items: ['*'], begins_on: '2026-06-01', ends_on: '2027-05-31', state: 'active', granted_at: soon(-9e6), revoked_at: null },
  { id: 'g2', delegate_name: '周**', items: ['bz-gzf'], begins_on: '2026-01-01', ends_on: '2026-03-31', state: 'active', granted_at: soon(-2e7), revoked_at: null },
]
const scope = (s: string, name: string, consented = false) => ({ scope: s, name, needs_consent: s !== 'openid', consented })
const interaction = (id: string) => ({
  id, client_name: '合肥市不动产登记系统', client_region: '340100', step: id.endsWith('company') ? 'consent' : id.split('-')[1] ?? 'consent', required_tier: 2, required_tier_name: '中级实名', held_tier: 1, level: /act_for|raise/.test(id) || id.endsWith('company') ? 2 : null,
  organisation: /raise/.test(id) || id.endsWith('company') ? { id: 'o1', name: company.name, level: id.endsWith('company') ? 2 : 1 } : null, login_hint: null, expires_at: soon(600),
  scopes: [scope('openid', '识别您的编号'), scope('profile', '姓名'), scope('phone', '手机号', true), scope('tier', '实名等级')],
})

export interface Asked { path: string[]; body: Record<string, unknown>; tier: number }
export const identityRoutes: [string, (c: Asked) => unknown][] = [
  ['GET /me/identity', c => ({
    tier: Math.min(c.tier, 2), tier_name: ['匿名用户', '初级实名', '中级实名'][Math.min(c.tier, 2)], lapse: '', lapse_name: '', under_review: false, voiceprint: c.tier > 2, ways: WAYS,
  })],
  ['POST /me/identity/recheck', () => ({ lapse: '', lapse_name: '' })],
  ['POST /me/certifications', c => certification(String(c.body.means))],
  ['GET /me/certifications/:', c => certification('alipay', c.path[2]?.replace('c-', ''))],
  ['POST /me/certifications/:/finish', c => {
    if (c.path[2] === 'c-open') refuse(409, 'identity.certification_pending', '尚未完成认证，请先在认证页面完成')
    if ((c.body.given as Record<string, string>).phone === '13800000000') refuse(422, 'identity.certification_refused', '认证未通过，请核对后再试，或选择其他方式')
    return certification('unionpay', 'passed')
  }],
  ['DELETE /me/consents/:', () => undefined],
  ['POST /me/voice-checks', c => ({ id: 'v1', purpose: c.body.purpose, state: 'open', digits: '306918', tries_left: 3, expires_at: soon(120) })],
  ['PUT /me/voice-checks/:/recording', () => ({ id: 'v1', purpose: 'enrol', state: 'passed', digits: '306918', tries_left: 2, expires_at: soon(120) })],
  ['POST /me/act-proofs', () => act('a1')],
  ['GET /me/act-proofs/:', c => act(c.path[2] ?? '')],
  ['POST /me/act-proofs/:/prove', () => ({ proof: 'p', expires_at: soon(300) })],
  ['POST /me/act-proofs/:/video', () => act('a-video')],
  ['DELETE /me/act-proofs/:/video', () => undefined],
  ['GET /me/sessions', () => ({ items: [
    { id: 's1', device: 'iPhone · Safari', channel: 'web', channel_name: '网页', created_at: soon(-9e5), used_at: soon(-60), expires_at: soon(9e5), current: true },
    { id: 's2', device: 'Windows · Edge', channel: 'web', channel_name: '网页', created_at: soon(-4e6), used_at: soon(-3e5), expires_at: soon(9e5), current: false },
    { id: 's3', device: '微信小程序', channel: 'wechat', channel_name: '微信', created_at: soon(-8e6), used_at: soon(-6e5), expires_at: soon(9e5), current: false },
  ] })],
  ['GET /me/channels', () => ({ items: [{ id: 'b1', channel: 'wechat', channel_name: '微信', bound_at: soon(-8e6) }] })],
  ['GET /me/passkeys', () => ({ items: [{ id: 'k1', name: '安卓手机', synced: true, suspect: false, created_at: soon(-8e6), used_at: soon(-9e4) }, { id: 'k2', name: '旧电脑', synced: false, suspect: true, created_at: soon(-2e7), used_at: null }] })],
  ['PUT /me/acting', c => ({ access_token: `mock-${c.tier}`, expires_in_s: 900, person: { id: 'p-1', display_name: '周**', tier: c.tier }, acting: { organisation_id: 'o1', name: company.name, level_name: '初级', as_representative: true, in_force: true } })],
  ['GET /organisations', () => ({ items: organisations })],
  ['POST /organisations', c => ({ ...company, as_representative: (c.body.representative as { name: string }).name !== '王秀兰' })],
  ['POST /organisations/:/confirm', () => company],
  ['GET /organisations/:/delegations', () => ({ items: delegations })],
  ['POST /organisations/:/delegations', () => ({ items: delegations })],
  ['DELETE /organisations/:/delegations/:', () => undefined],
  ['POST /organisations/:/tax-account', () => ({ level: 2, level_name: '中级' })],
  ['POST /organisations/:/certificate-challenges', () => ({ id: 'h1', to_sign: 'wanshi-organisation/1\n0192f3c8-1c2d\n7f2e', expires_at: soon(300) })],
  ['GET /sign-up/requests/:', c => ({ state: c.path[2]?.includes('-') ? 'awaiting_password' : c.path[2], expires_at: soon(86400) })],
  ['GET /oauth/interactions/:', c => interaction(c.path[2] ?? '')],
  ['POST /oauth/interactions/:/decision', () => ({ redirect_to: '/' })],
]
