import { beforeEach, describe, expect, it } from 'vitest'
import type { DeskCase, DeskLine, Material } from '../src/api/cases'
import { blank, bodyOf, wrongIn, type Marks } from '../src/pieces/cases/asking'
import { itemsOf, type Pick } from '../src/pieces/cases/defects'
import { colourOf, fitFor, rowOf, scopeOf, scopesFor } from '../src/pieces/cases/desk'
import { verdictsOf } from '../src/pieces/cases/machine'
import { sourceOf } from '../src/pieces/cases/materials'
import { byDay, monthGrid, monthOf, shifted } from '../src/pieces/cases/month'
import { keptOf, usePhrases } from '../src/pieces/cases/phrases'

const found = { review_points: [{ code: 'p1', name: '身份', mark: '', note: '' }], special_procedures: [{ code: 'hearing', name: '听证', days: 20 }], extension_days: 10 } as unknown as DeskCase
const act = (name: string, ...needs: string[]) => ({ name, label: name, needs })

describe('a deed asks for exactly what the reply says it needs', () => {
  it('refuses a decision while a review point is unmarked', () => {
    const marks: Marks = { p1: { mark: '', note: '' } }
    expect(wrongIn(act('approve', 'points', 'note'), found, blank(), marks)).toEqual({ points: '每个审查要点都要填写结论' })
    marks.p1!.mark = 'pass'
    expect(wrongIn(act('approve', 'points', 'note'), found, blank(), marks)).toEqual({})
    expect(bodyOf(act('approve', 'points', 'note'), { ...blank(), text: ' 符合 ' }, marks)).toEqual({ note: '符合', points: [{ code: 'p1', mark: 'pass', note: '' }] })
  })
  it('holds days to the limits of the guide', () => {
    const suspend = act('suspend', 'kind', 'days', 'reason')
    expect(wrongIn(suspend, found, { ...blank(), kind: 'hearing', days: 21, text: '需要听证' }, {})).toEqual({ days: '请填写 1 到 20 天' })
    expect(wrongIn(act('ask-extension', 'days', 'reason'), found, { ...blank(), days: 10, text: '案情复杂' }, {})).toEqual({})
  })
  it('sends no body where nothing is asked, and never what was typed for another deed', () => {
    expect(bodyOf(act('receive'), { ...blank(), text: '别的' }, {})).toBeUndefined()
    expect(bodyOf(act('end', 'reason'), { ...blank(), text: '理由', id_number: '1' }, {})).toEqual({ reason: '理由' })
  })
  it('takes a receipt only with a whole number', () => {
    expect(wrongIn(act('deliver', 'receipt'), found, { ...blank(), id_number: '123' }, {}).id_number).toBeTruthy()
    expect(bodyOf(act('deliver', 'receipt'), { ...blank(), id_number: '34160219900101001x' }, {})).toEqual({ id_number: '34160219900101001X' })
  })
})

it('each thing to be put right says its own reason, or the common one', () => {
  const pick = (explanation: string): Pick => ({ kind: 'material', code: 'm', name: '材料', note: '', ground: 'form', explanation, how: ' 重拍 ' })
  expect(itemsOf([pick('模糊不清'), pick('')], '请补正').map(i => [i.explanation, i.how])).toEqual([['模糊不清', '重拍'], ['请补正', '重拍']])
})

describe('the desk', () => {
  const line = (state: string) => ({ state, case_no: '3416020000002026112200000017', deadline_on: null }) as DeskLine
  it('shows only the ways of reach of one\'s roles, whatever the address says', () => {
    expect(scopesFor(['case_window']).map(s => s.key)).toEqual(['intake', 'outlet'])
    expect([scopeOf('outlet', ['case_officer']), scopeOf('outlet', ['case_window']), scopeOf('<x>', [])]).toEqual(['own', 'outlet', 'own'])
    expect([colourOf('red'), colourOf('purple')]).toEqual(['red', ''])
  })
  it('leaves out of a batch what is in another state', () => {
    expect(fitFor(['submitted', 'received'], [line('submitted'), line('closed'), line('received')])).toHaveLength(2)
  })
  it('exports a case number as text, so that no digit is lost', () => {
    expect(rowOf(line('closed'))[0]).toBe('\t3416020000002026112200000017')
  })
})

describe('the month', () => {
  it('is whole weeks from Monday on', () => {
    const days = monthGrid('2026-11')
    expect([days.length, days[0]?.date, days.at(-1)?.date, days.filter(d => d.inside).length]).toEqual([42, '2026-10-26', '2026-12-06', 30])
    expect(monthGrid('2027-02').map(d => d.date).slice(-1)).toEqual(['2027-02-28'])
  })
  it('turns over the year and takes no nonsense from the address', () => {
    expect([shifted('2026-12', 1), shifted('2026-01', -1), monthOf('2026-13', '2026-11-22')]).toEqual(['2027-01', '2025-12', '2026-11'])
  })
  it('gathers cases by the day that counts', () => {
    expect(byDay([{ deadline_on: '2026-11-23' }, { deadline_on: null }, { deadline_on: '2026-11-23' }]).get('2026-11-23')).toHaveLength(2)
  })
})

it('what the machine did is told rule by rule, and hostile shapes are nothing', () => {
  expect(verdictsOf({ decision: { passed: false, at: '', trace: [{ point: '年龄', rule: 'age >= 60', answer: 'unknown' }] } })[0]?.lines[0]).toMatchObject({ point: '年龄', tone: 'wait' })
  expect([verdictsOf(null), verdictsOf({ decision: 'x' })]).toEqual([[], []])
})

it('a paper says where it comes from', () => {
  expect(sourceOf({ file: null } as Material)).toBe('未提交')
  expect(sourceOf({ file: null, licence: { name: '居民身份证', number: '号', as_of: '' } } as unknown as Material)).toMatch(/^电子证照：居民身份证/)
})

describe('opinion templates', () => {
  beforeEach(() => { localStorage.clear() })
  it('belong to one officer', () => {
    usePhrases('a').keep('refuse', '自己的话')
    expect(usePhrases('a').of('refuse')[0]).toBe('自己的话')
    expect(usePhrases('b').of('refuse')).not.toContain('自己的话')
    usePhrases('a').drop('refuse', '自己的话')
    expect(usePhrases('a').of('refuse')).not.toContain('自己的话')
  })
  it('survive whatever lies in the store', () => {
    for (const bad of ['nonsense', '[]', 'null', '{"refuse":[1]}']) expect(keptOf(bad)).toEqual({})
  })
})
