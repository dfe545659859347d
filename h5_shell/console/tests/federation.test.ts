import { describe, expect, it } from 'vitest'
import type { Platform } from '../src/api/federation'
import { fingerprint, handed } from '../src/pieces/federation/jwk'
import { blankPlatform, formOf, linesOf, platformBody, platformErrors } from '../src/pieces/federation/platform'
import { backlogMark, importMark, outcomesOf, partsDone, rowsOf } from '../src/pieces/federation/words'
import { csvOf } from '../src/shell/csv'
import { homeFor, mayUse, menuFor } from '../src/shell/menu'

// The public key of RFC 7517, appendix A.1, and its private part of appendix A.2.
const POINT = { kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' } as const
const KEY = { ...POINT, kid: 'k-341600', use: 'sig', alg: 'ES256' } as const
const said = (key: unknown) => handed(JSON.stringify(key)).wrong

describe('keys handed over by hand', () => {
  it.each([['one key', KEY], ['a list', [KEY]], ['a key set', { keys: [KEY] }]])('are read from %s', (_, given) => {
    expect(handed(JSON.stringify(given))).toEqual({ keys: [KEY], code: '', wrong: '' })
  })
  it('say whose they are when they come from a page like ours', () => {
    expect(handed(JSON.stringify({ code: '341600', level: 'city', keys: [KEY] })).code).toBe('341600')
  })
  it('go on without what the server does not know', () => {
    expect(handed(JSON.stringify({ ...POINT, kid: 'a', key_ops: ['verify'], ext: true })).keys).toEqual([{ ...KEY, kid: 'a' }])
  })
  it('are refused with a private part, before anything else is looked at', () => {
    for (const bad of [{ ...KEY, d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE' }, [KEY, { kty: 'RSA', n: 'x', e: 'AQAB', d: 'x' }], { kty: 'oct', k: 'AyM1' }]) expect(said(bad)).toContain('私钥')
    expect(handed('-----BEGIN EC PRIVATE KEY-----').wrong).toContain('私钥')
  })
  it.each([
    ['', '请粘贴'], ['{"kty": "EC", "crv"', '不是完整的 JSON'], ['"text"', '不是完整的 JSON'], ['-----BEGIN PUBLIC KEY-----', 'PEM'], ['{"keys": []}', '里面没有公钥'], ['[1]', '不是 JWK'],
  ])('are refused as %j', (text, words) => expect(handed(text).wrong).toContain(words))
  it('are refused when they are of another kind or curve, cut short, off the curve, unnamed or for another use', () => {
    expect(said({ kty: 'RSA', n: 'x', e: 'AQAB', kid: 'a' })).toContain('P-256')
    expect(said({ ...KEY, crv: 'P-384' })).toContain('P-256')
    expect(said({ ...KEY, x: KEY.x.slice(0, 40) })).toContain('不完整')
    expect(said({ ...KEY, x: `A${KEY.x.slice(1)}` })).toContain('曲线上的点')
    expect(said({ ...KEY, y: '_'.repeat(43) })).toContain('曲线上的点')
    expect(said(POINT)).toContain('kid')
    expect(said({ ...KEY, kid: '中文' })).toContain('kid')
    expect(said({ ...KEY, use: 'enc' })).toContain('用途')
  })
  it('are at most four, each named once, and the wrong one is named', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => ({ ...KEY, kid: `k${i}` }))
    expect(said(many(4))).toBe('')
    expect(said(many(5))).toContain('最多')
    expect(said([KEY, KEY])).toContain('重复')
    expect(said([KEY, { ...KEY, crv: 'P-521' }])).toMatch(/^第 2 个/)
  })
  it('have a fingerprint to be read over the telephone, which follows the point alone', async () => {
    expect(await fingerprint(KEY)).toMatch(/^([0-9A-F]{4} ){5}[0-9A-F]{4}$/)
    expect(await fingerprint(POINT)).toBe(await fingerprint(KEY))
    expect(await fingerprint({ ...POINT, x: POINT.y })).not.toBe(await fingerprint(KEY))
  })
})

describe('a platform in the form', () => {
  const filled = { code: '341600', name: ' 亳州市平台 ', partner_url: 'https://hub.bozhou.gov.cn', public_url: 'https://www.bozhou.gov.cn', keys: JSON.stringify(KEY), origins: 'https://www.bozhou.gov.cn\n', redirect_uris: '' }
  it('goes to the server as it was meant', () => {
    expect(platformErrors(filled)).toEqual({})
    expect(platformBody(filled)).toEqual({ name: '亳州市平台', partner_url: filled.partner_url, public_url: filled.public_url, keys: [KEY], origins: ['https://www.bozhou.gov.cn'], redirect_uris: [] })
  })
  it('names everything that is missing', () => expect(Object.keys(platformErrors(blankPlatform()))).toEqual(['code', 'name', 'partner_url', 'public_url', 'keys']))
  it.each(['http://hub.bozhou.gov.cn', 'hub.bozhou.gov.cn', 'https://a:b@hub.gov.cn', 'javascript:alert(1)'])('takes no address like %s', url => expect(platformErrors({ ...filled, partner_url: url })).toHaveProperty('partner_url'))
  it('takes plain http on this machine only', () => expect(platformErrors({ ...filled, partner_url: 'http://127.0.0.1:8803', public_url: 'http://portal.localhost:9' })).toEqual({}))
  it('wants origins bare, and says which is not', () => expect(platformErrors({ ...filled, origins: 'https://a.gov.cn https://b.gov.cn/' }).origins).toContain('https://b.gov.cn/'))
  it('tells keys of another platform', () => {
    expect(platformErrors({ ...filled, keys: JSON.stringify({ code: '340100', keys: [KEY] }) }).keys).toContain('340100')
  })
  it('comes back from the server unchanged', () => {
    const p = { code: '341600', name: '亳州', partner_url: 'https://a.cn', public_url: 'https://b.cn', keys: [KEY], origins: ['https://b.cn'], redirect_uris: ['https://b.cn/federation/callback'] } as unknown as Platform
    expect(platformErrors(formOf(p))).toEqual({})
    expect(platformBody(formOf(p))).toMatchObject({ keys: [KEY], origins: p.origins, redirect_uris: p.redirect_uris })
  })
  it('knows lines however they were parted', () => expect(linesOf(' a\n\nb\r\na ')).toEqual(['a', 'b']))
})

it('what is held up goes before what waits', () => {
  expect(backlogMark({ held: 2, waiting: 9, level: 'city', state: 'active' })).toEqual({ name: '2 条受阻', tone: 'bad', alarm: true })
  expect(backlogMark({ held: 0, waiting: 9, level: 'city', state: 'active' })).toMatchObject({ name: '9 条待推送', alarm: false })
  const idle = { held: 0, waiting: 0 }
  expect([backlogMark({ ...idle, level: 'city', state: 'active' }).name, backlogMark({ ...idle, level: 'city', state: 'suspended' }).name, backlogMark({ ...idle, level: 'province', state: 'active' }).name]).toEqual(['已推完', '—', '—'])
})

it('an import is told by its parts and its outcomes', () => {
  const i = { state: 'receiving', parts: 3, received: 2, merged: 1, counts: { added: 1990, conflict: 10 }, outcome_names: { added: '新增', linked: '并入', conflict: '冲突' } }
  expect([importMark(i).name, importMark({ ...i, received: 3 }).name, importMark({ ...i, state: 'done' }).name]).toEqual(['接收中', '合并中', '已完成'])
  expect([partsDone(i), partsDone({ parts: 0, merged: 0 }), rowsOf(i)]).toEqual([33, 0, 2000])
  expect(outcomesOf(i)).toEqual([{ code: 'added', name: '新增', count: 1990 }, { code: 'linked', name: '并入', count: 0 }, { code: 'conflict', name: '冲突', count: 10 }])
})

it('a table becomes a file that opens rightly and runs nothing', () => {
  expect(csvOf(['行号', '原因'], [[7, '姓名"不同"'], [8, '=HYPERLINK("x")']])).toBe('\uFEFF"行号","原因"\r\n"7","姓名""不同"""\r\n"8","\'=HYPERLINK(""x"")"\r\n')
})

describe('the menu of platforms and locks', () => {
  const to = (...roles: string[]) => menuFor(roles).map(m => m.to)
  it('is for those who keep and watch them', () => {
    for (const role of ['system_admin', 'security_admin', 'security_auditor']) expect(to(role)).toEqual(expect.arrayContaining(['/federation', '/imports']))
    expect(to('security_admin')).toContain('/locks')
    for (const role of ['system_admin', 'security_auditor', 'realname_window', 'case_officer', 'supervisor']) expect(to(role)).not.toContain('/locks')
    expect(to('case_officer', 'realname_window')).not.toContain('/federation')
  })
  it('moves nobody from where they begin', () => {
    expect([homeFor(['system_admin']), homeFor(['security_admin']), homeFor(['realname_window'])]).toEqual(['/people', '/people', '/window'])
    expect(mayUse(['security_admin'], ['system_admin'])).toBe(false)
  })
})
