import { describe, expect, it } from 'vitest'
import type { DeskCase } from '../src/api/cases'
import { entriesOf } from '../src/pieces/cases/evidence'
import { cardBody, cardErrors, expired, termOf } from '../src/pieces/identity/card'
import { holdsError, holdsWords, reviewState, tierWords } from '../src/pieces/identity/words'
import { homeFor, menuFor } from '../src/shell/menu'

describe('the term of an ID card', () => {
  it.each(['2019.04.02-2039.04.02', '20190402-20390402', '2019.04.02 — 2039.04.02', '2019年04月02日至2039年04月02日', '2019040220390402'])('reads %s as it is printed', text => {
    expect(termOf(text)).toEqual({ valid_from: '2019-04-02', valid_until: '2039-04-02' })
  })
  it('knows 长期', () => expect(termOf('2018.06.20-长期')).toEqual({ valid_from: '2018-06-20', valid_until: null }))
  it.each(['', '2019.04.02', '2019.02.30-2039.02.28', '2039.04.02-2019.04.02', '2019.13.02-长期'])('refuses %s', text => expect(termOf(text)).toBeNull())
  it('is over the day after its last', () => {
    const term = { valid_from: '2010-01-01', valid_until: '2026-11-22' }
    expect(expired(term, '2026-11-22')).toBe(false)
    expect(expired(term, '2026-11-23')).toBe(true)
    expect(expired({ ...term, valid_until: null }, '2099-01-01')).toBe(false)
  })
})

describe('the card at the window', () => {
  const card = { name: ' 周浩然 ', id_number: '341602197805193310', term: '2015.09.11-2035.09.11' }
  it('goes to the server as it was read', () => {
    expect(cardErrors(card)).toEqual({})
    expect(cardBody(card)).toEqual({ name: '周浩然', id_number: '341602197805193310', valid_from: '2015-09-11', valid_until: '2035-09-11' })
  })
  it('tells a wrong digit and an expired card before anybody is asked', () => {
    expect(cardErrors({ ...card, id_number: '341602197805193311' })).toHaveProperty('id_number')
    expect(cardErrors({ ...card, term: '2005.09.11-2015.09.11' }).term).toBe('身份证已过期，请先换领新证')
  })
})

describe('the menu of identity', () => {
  it('is for those who work there', () => {
    expect(menuFor(['realname_window']).map(m => m.to)).toEqual(['/window', '/video', '/my-systems', '/security'])
    expect(homeFor(['realname_window'])).toBe('/window')
    expect(menuFor(['supervisor']).map(m => m.to)).toContain('/reviews')
    expect(menuFor(['case_officer']).map(m => m.to)).not.toContain('/window')
    expect(menuFor(['system_admin']).map(m => m.to)).toContain('/means')
  })
})

it('means are told in words', () => {
  expect([tierWords({ tier: 2, subject_kind: 'person' }), tierWords({ tier: 1, subject_kind: 'organisation' }), tierWords({ tier: 0, subject_kind: 'person' })]).toEqual(['中级实名', '初级认证', '辅助'])
  expect([holdsWords(null), holdsWords(365), holdsWords(90)]).toEqual(['长期', '1 年', '90 天'])
  expect([holdsError(''), holdsError('365'), holdsError('0') !== '', holdsError('abc') !== '', holdsError('9999') !== '']).toEqual(['', '', true, true, true])
  expect(reviewState('nonsense')).toBe('open')
})

describe('the evidence of a tier 3 act', () => {
  const facts = {
    who: 'p', act: 'cases.submit', about: 'd', digest: 'dd', nonce: 'n', method: 'live_face', ground: { engine: 'sface', score: 0.71 },
    proven_at: '2026-11-22T02:00:00+00:00', used_at: '2026-11-22T02:01:00+00:00', proof_id: 'i', proof_hash: 'hh', attendance: '等同现场办理',
  }
  const evidence = { entries: [{ seq: 1, kind: 'cases.submit', facts, previous: '', hash: 'first' }], intact: true } as unknown as DeskCase['evidence']
  it('is told in words, with what a check needs apart', () => {
    const [entry] = entriesOf(evidence, '李明轩', new Date('2026-11-22T08:00:00Z'))
    expect(entry?.what).toBe('提交申请')
    expect(Object.fromEntries(entry!.facts)).toMatchObject({ 何人: '李明轩', 方式: '实时人脸核验', 核验于: '今天 10:00', 效力: '等同现场办理', 相似度: '0.71' })
    expect(Object.fromEntries(entry!.codes)).toMatchObject({ 内容: 'dd', 证明: 'hh', 本条: 'first', 上一条: '（首条）' })
  })
  it('is nothing where no such act was', () => expect(entriesOf(null, '')).toEqual([]))
})
