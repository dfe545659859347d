import { describe, expect, it } from 'vitest'
import type { Application } from '@/api/cases'
import { controlsOf } from '@/form/page'
import { defectsOf, formOf, papersOf, wholeForm } from '@/pieces/cases/correction'

const given = {
  data: { name: '周晓岚', income: 3200 }, version: 4,
  schema: { required: ['name', 'income'], properties: { name: { type: 'string', title: '姓名' }, income: { type: 'number', title: '月收入' } } },
  ui_schema: { groups: [{ title: '申请人', fields: ['name', 'income'] }], widgets: { income: { kind: 'number', placeholder: '税前' } } },
  materials: [{ code: 'contract', name: '劳动合同', required: false, hint: '签字页', file: { id: 'f1', name: 'a.jpg', size: 1, preview_url: '/a' } }],
} as unknown as Application
const asked = { reason: '看不清', fields: ['income'], materials: ['contract'], due_on: '2026-11-30' }

describe('a correction', () => {
  it('asks only for the fields that were named', () => {
    const form = formOf(asked, given)!
    expect(Object.keys(form.schema.properties!)).toEqual(['income'])
    const twice = formOf({ ...asked, fields: ['income', 'income'], materials: ['contract', 'contract'] }, given)!
    expect(controlsOf(twice.page, twice.schema, {})).toHaveLength(1)
    expect(form.schema.required).toEqual(['income'])
    expect(controlsOf(form.page, form.schema, {}).map(c => c.field.placeholder)).toEqual(['税前'])
  })
  it('has no form when only papers were named', () => expect(formOf({ ...asked, fields: [] }, given)).toBeNull())
  it('counts a paper as missing until a new picture was sent, whatever was there before', () => {
    expect(papersOf(asked, given, {})[0]).toMatchObject({ name: '劳动合同', required: true, file: null })
    const sent = { contract: { ...given.materials[0]!, file: { id: 'f2', name: 'b.jpg', size: 2, preview_url: '/b' } } }
    expect(papersOf(asked, given, sent)[0]!.file!.id).toBe('f2')
  })
  it('says of each thing what is wrong with it and how to mend it', () => {
    const items = [
      { kind: 'material' as const, code: 'contract', ground: 'form' as const, explanation: '签字页看不清', how: '重拍签字页' },
      { kind: 'condition' as const, code: 'income', ground: 'incomplete' as const, explanation: '没写月份', how: '' },
    ]
    expect(defectsOf({ ...asked, items }, given).map(d => [d.name, d.ground, d.how])).toEqual([['劳动合同', '不符合要求', '重拍签字页'], ['申请条件', '没交齐', '']])
  })
  it('lets everything change that a pre-review gave back', () => {
    const form = wholeForm(given)
    expect(controlsOf(form.page, form.schema, {}).map(c => c.names[0])).toEqual(['name', 'income'])
  })
})
