import { describe, expect, it } from 'vitest'
import type { Application } from '@/api/cases'
import { formOf, papersOf } from '@/pieces/cases/correction'

const given = {
  data: { name: '周晓岚', income: 3200 }, version: 4,
  schema: { required: ['name', 'income'], properties: { name: { type: 'string', title: '姓名' }, income: { type: 'number', title: '月收入' } } },
  ui_schema: { groups: [{ title: '申请人', fields: ['name', 'income'] }], widgets: { income: { hint: '税前' } } },
  materials: [{ code: 'contract', name: '劳动合同', required: false, hint: '签字页', file: { id: 'f1', name: 'a.jpg', size: 1, preview_url: '/a' } }],
} as unknown as Application
const asked = { reason: '看不清', fields: ['income'], materials: ['contract'], due_on: '2026-11-30' }

describe('a correction', () => {
  it('asks only for the fields that were named', () => {
    const form = formOf(asked, given)!
    expect(Object.keys(form.schema.properties!)).toEqual(['income'])
    expect(form.schema.required).toEqual(['income'])
    expect(form.ui.widgets!.income!.hint).toBe('税前')
  })
  it('has no form when only papers were named', () => expect(formOf({ ...asked, fields: [] }, given)).toBeNull())
  it('counts a paper as missing until a new picture was sent, whatever was there before', () => {
    expect(papersOf(asked, given, {})[0]).toMatchObject({ name: '劳动合同', required: true, file: null })
    const sent = { contract: { id: 'f2', name: 'b.jpg', size: 2, preview_url: '/b' } }
    expect(papersOf(asked, given, sent)[0]!.file!.id).toBe('f2')
  })
})
