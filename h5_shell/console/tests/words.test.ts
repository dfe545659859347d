import { expect, it } from 'vitest'
import type { DeskCase } from '../src/api/cases'
import { ordered, underReview, wordsOf } from '../src/pieces/cases/deeds'
import { groupsOf, valueWords } from '../src/pieces/cases/fields'
import { stateMark } from '../src/pieces/cases/states'
import { wayBack } from '../src/router/index'
import { caseNo, moment } from '../src/shell/format'

it('answers are shown in words', () => {
  expect(valueWords(true)).toBe('是')
  expect(valueWords(true, true)).toBe('已承诺')
  expect(valueWords(0)).toBe('0')
  expect(valueWords('2026-10-01')).toBe('2026年10月1日')
  expect(valueWords(null)).toBe('')
})

it('each answer names the authority that vouches for it, and what was asked for again', () => {
  const found = {
    schema: { properties: { name: { title: '姓名' }, income: { title: '月收入(元)' } } },
    ui_schema: { order: [], widgets: {}, groups: [{ title: '申请人', fields: ['name', 'income', 'gone'] }, { title: '空', fields: ['gone'] }] },
    data: { name: '李明轩', income: 4200 },
    sources: { name: { source_name: '人口库', as_of: '2026-11-22T08:00:00Z', editable: false } },
    correction: { fields: ['income'], materials: [], reason: '', due_on: '' },
  } as unknown as DeskCase
  const groups = groupsOf(found)
  expect(groups).toHaveLength(1)
  expect(groups[0]?.rows).toMatchObject([{ value: '李明轩', source: { name: '人口库', fixed: true }, asked: false }, { value: '4200', source: null, asked: true }])
})

it('refusing is called by its legal name in each state', () => {
  const refuse = { name: 'refuse', label: '不予', needs: ['reason'] }
  expect(wordsOf(refuse, 'submitted').title).toBe('不予受理')
  expect(wordsOf(refuse, 'accepted').title).toBe('作出不予决定')
  expect([underReview('submitted'), underReview('accepted'), underReview('in_review')]).toEqual([false, true, true])
})

it('a deed these pages never heard of still has its own name', () => {
  expect(wordsOf({ name: 'publish-notice', label: '公示', needs: [] }, 'accepted')).toMatchObject({ title: '公示', confirm: '确认公示' })
})

it('what leads on stands first, what ends the case stands last', () => {
  const names = ['end', 'suspend', 'approve', 'refuse'].map(name => ({ name, label: name, needs: [] }))
  expect(ordered(names).map(a => a.name)).toEqual(['approve', 'suspend', 'end', 'refuse'])
})

it('a closed case says how it ended', () => {
  expect(stateMark('closed', '', 'refused')).toEqual({ name: '已办结 · 不予', tone: 'bad' })
  expect(stateMark('closed').name).toBe('已办结')
})

it('signing in never leads to another site', () => {
  expect(wayBack('/cases?state=accepted')).toBe('/cases?state=accepted')
  for (const evil of ['//evil.example', '/\\evil.example', 'https://evil.example', '/sign-in?back=/sign-in', undefined]) expect(wayBack(evil)).toBe('/cases')
})

it('numbers and moments are readable', () => {
  expect(caseNo('341602000000261122903844')).toBe('341602000000 261122 903844')
  expect(caseNo('3416020000002026112200000017')).toBe('341602000000 20261122 00000017')
  expect(moment('2026-11-22T02:05:00Z', new Date('2026-11-22T12:00:00Z'))).toBe('今天 10:05')
  expect(moment('2025-11-22T02:05:00Z', new Date('2026-11-22T12:00:00Z'))).toBe('2025-11-22 10:05')
})
