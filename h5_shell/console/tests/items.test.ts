import { describe, expect, it } from 'vitest'
import { changesOf, countsOf } from '../src/pieces/items/difference.ts'
import { labelOf, partOf, PARTS } from '../src/pieces/items/shape.ts'
import { blank, codeWrong } from '../src/pieces/items/words.ts'
import { fileType } from '../src/api/items.ts'
import { columnsOf, orgsOf } from '../src/pieces/cases/bundle.ts'

const CODE = '11341602MBDM00012U4342000001000'

describe('an item in its editor', () => {
  it('names every field once, so that a finding leads to one place', () => {
    const keys = PARTS.flatMap(p => p.fields.map(f => f.key))
    expect(new Set(keys).size).toBe(keys.length)
    expect(partOf('materials')).toBe('materials')
    expect(partOf('sections')).toBeUndefined()
    expect(labelOf('promise_limit')).toBe('承诺时限')
  })
  it('says only what differs, in words, and nothing of the version number', () => {
    const before = { name: '甲', promise_limit: { days: 10, unit: 'workday' }, materials: [{ name: '一' }, { name: '二' }], version: 1 }
    const after = { ...before, promise_limit: { days: 7, unit: 'day' }, materials: [{ name: '一' }], version: 2 }
    expect(changesOf(before, after)).toEqual([
      { key: 'promise_limit', label: '承诺时限', before: '10 个工作日', after: '7 个自然日' },
      { key: 'materials', label: '材料', before: '1. 名称：一\n2. 名称：二', after: '1. 名称：一' },
    ])
    expect(changesOf(before, before)).toEqual([])
  })
  it('takes nothing said and null for the same', () => {
    expect(changesOf({}, { legal_limit: null })).toEqual([])
  })
  it('counts what people feel before and after', () => {
    const counts = countsOf({ materials: [1, 2], fee: [{ amount_fen: 8000 }] }, { materials: [1], fee: [] })
    expect(counts[0]).toEqual({ label: '材料（项）', before: 2, after: 1 })
    expect(counts.at(-1)).toEqual({ label: '收费（元）', before: 80, after: 0 })
  })
  it('reads owner and type of a new item from its code, and refuses a short one', () => {
    expect(codeWrong(CODE)).toBe('')
    expect(codeWrong(CODE.slice(1))).not.toBe('')
    expect(blank(CODE, '新', { region: '341602', department: '局' })).toMatchObject({ org: '11341602MBDM00012U', item_type: '20' })
  })
  it('sends no file of an unknown kind', () => {
    expect([fileType('a.CSV'), fileType('a.json'), fileType('a.exe'), fileType('csv.')]).toEqual(['text/csv', 'application/json', '', ''])
  })
})

describe('a bundle as a graph', () => {
  it('puts a part right of all that it waits for', () => {
    const parts = [{ code: 'c', after: ['a', 'b'] }, { code: 'a', after: [] }, { code: 'b', after: ['a'] }]
    expect(columnsOf(parts).map(column => column.map(p => p.code))).toEqual([['a'], ['b'], ['c']])
  })
  it('ends even where two parts wait for each other', () => {
    expect(columnsOf([{ code: 'a', after: ['b'] }, { code: 'b', after: ['a'] }]).flat()).toHaveLength(2)
  })
  it('invites each authority once', () => {
    expect(orgsOf([{ item_code: CODE, department: '局' }, { item_code: CODE, department: '局' }])).toEqual([{ org: '11341602MBDM00012U', name: '局' }])
  })
})
