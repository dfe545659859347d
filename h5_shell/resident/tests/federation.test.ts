import { ApiProblem } from '@wanshi/client'
import { describe, expect, it } from 'vitest'
import { PROVINCES, provinceOf, shownIn, whyNot } from '@/pieces/federation/recognition'
import { facts, masked } from '@/pieces/federation/record'
import { enough, mayRaise } from '@/pieces/organisations/entry'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const good = { asker_name: '亳州市统一认证平台', exp: NOW / 1000 + 600, return_to: 'https://城市.example.gov.cn/recognition/done' }

describe('a request to be recognised', () => {
  it('shows the address a ticket would go to, in the letters that cannot deceive', () => {
    expect(shownIn(token(good), NOW)).toEqual({ name: '亳州市统一认证平台', host: 'xn--uis47l.example.gov.cn', over: false })
  })
  it('is over when its time is, or when it names none', () => {
    expect(shownIn(token({ ...good, exp: NOW / 1000 }), NOW)?.over).toBe(true)
    expect(shownIn(token({ return_to: good.return_to }), NOW)?.over).toBe(true)
  })
  it.each(['', 'nonsense', 'a.b.c', token({ exp: 1 }), token({ ...good, return_to: 'javascript:alert(1)' })])('shows nothing of %s', text => expect(shownIn(text, NOW)).toBeNull())
})

describe('a sign-in that did not come about', () => {
  const after = (code: string) => whyNot(new ApiProblem({ code, title: code }, 400)).go
  it('begins anew, for a ticket serves once', () => {
    expect(['federation.not_recognised', 'federation.record_conflicts', 'federation.peer_unreachable'].map(after)).toEqual(['again', 'again', 'again'])
    expect(whyNot(new TypeError('x')).go).toBe('again')
  })
  it('is tried again with the same ticket only when it never left the phone', () => expect(after('client.offline')).toBe('retry'))
  it('leads to signing up when nobody knows the person', () => expect(after('federation.not_registered')).toBe('sign-up'))
})

describe('provinces', () => {
  it('are 31, each its own', () => expect(new Set(PROVINCES.map(([code]) => provinceOf(code))).size).toBe(31))
  it('hold their cities and counties', () => expect(provinceOf('341602')).toBe('340000'))
})

describe('the own record', () => {
  const user = { user_name: '周晓岚', user_sex: '2', user_nation: '汉族', user_birthday: '1990-03-07', cert_type: '111', cert_no: '34160219900307102X', cert_ext_date: null, user_mobile: '13800002046', user_region: '341600', user_real_lvl: '4', real_until: null, user_state: 'active', user_no: 'secret', cert_key: 'secret' }
  const told = () => Object.fromEntries(facts(user, code => (code === '341600' ? '亳州市' : code)).map(f => [f.name, f.value]))
  it('is told in words, codes translated', () => {
    expect(told()).toMatchObject({ 性别: '女', 证件类型: '居民身份证', 证件有效期: '长期，或没有登记', 常住城市: '亳州市', 实名等级: '中级实名', 等级有效期: '长期', 账号状态: '正常' })
  })
  it('leaves out what only systems read', () => expect(Object.values(told()).join()).not.toContain('secret'))
  it('covers numbers until they are asked for', () => {
    expect([masked('34160219900307102X'), masked('13800002046'), masked('')]).toEqual(['341***********102X', '138****2046', ''])
  })
})

describe('an organisation that signs in', () => {
  it('must stand as high as asked; only its representative raises it, and to the second level at most', () => {
    expect([enough({ level: 2 }, 2), enough({ level: 1 }, 2)]).toEqual([true, false])
    expect(mayRaise({ level: 1, as_representative: true }, 2)).toBe(true)
    expect(mayRaise({ level: 1, as_representative: false }, 2)).toBe(false)
    expect(mayRaise({ level: 2, as_representative: true }, 3)).toBe(false)
    expect(mayRaise({ level: 2, as_representative: true }, 2)).toBe(false)
  })
})
