import { describe, expect, it } from 'vitest'
import { changesOf, changesTold, countsOf, countsTold, wordsOf } from '../src/pieces/items/difference.ts'
import { labelOf, partOf, PARTS } from '../src/pieces/items/shape.ts'
import { blank, codeWrong, scopesOf } from '../src/pieces/items/words.ts'
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
  it('tells what the back end compared in the same words as its own', () => {
    const told = changesTold([{ field: 'case_kind', before: 'promise', after: 'instant' }, { field: 'min_tier', before: 1 }])
    expect(told.map(c => [c.label, c.before, c.after])).toEqual([['办件类型', '承诺件', '即办件'], ['实名等级', '1 注册', '（空）']])
    expect(wordsOf('ways', ['window', 'mobile'])).toBe('窗口、手机')
    expect(wordsOf('materials', [{ name: '甲', kinds: ['picture', 'pdf'], ocr: [], issuer: null }])).toBe('1. 名称：甲；接受的文件：图片、PDF')
  })
  it('offers an officer their own division first, then all above it, none twice', () => {
    expect(scopesOf({ region: '341602', region_name: '谯城区' })).toEqual([['341602', '谯城区'], ['341600', '全市'], ['340000', '全省']])
    expect(scopesOf({ region: '340000', region_name: '安徽省' })).toEqual([['340000', '全省']])
  })
  it('counts what people feel before and after', () => {
    const counts = countsOf({ materials: [1, 2], fee: [{ amount_fen: 8000 }] }, { materials: [1], fee: [] })
    expect(counts[0]).toEqual({ label: '材料（项）', before: 2, after: 1 })
    expect(counts.at(-1)).toEqual({ label: '收费（元）', before: 80, after: 0 })
    expect(countsTold([{ what: 'fee_fen', before: 8000, after: 0 }])).toEqual(counts.slice(-1))
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
    const one = { org: '11341602MBDM00012U', department: '局' }
    const other = { org: '11341602MBDM00020N', department: '分局' }
    expect(orgsOf([one, other, one])).toEqual([{ org: one.org, name: '局' }, { org: other.org, name: '分局' }])
  })
})
