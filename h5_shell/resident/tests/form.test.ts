import { describe, expect, it } from 'vitest'
import { formErrors } from '@/form/check'
import { asked, controlsOf, opens, pageOf, sectionsOf, shows, withValue, type PageElement } from '@/form/page'
import { fieldOf, wordsOf, type JsonSchema } from '@/form/schema'

const schema: JsonSchema = {
  required: ['name', 'kind', 'members', 'since', 'truth'],
  properties: {
    name: { type: 'string', title: '姓名', minLength: 2, maxLength: 5 },
    kind: { title: '婚姻', oneOf: [{ const: '10', title: '未婚' }, { const: '20', title: '已婚' }] },
    members: { type: 'integer', title: '人口', minimum: 1, maximum: 20 },
    since: { type: 'string', format: 'date', title: '日期', formatMaximum: '2026-12-31' },
    truth: { type: 'boolean', title: '属实', const: true },
    note: { type: 'string', title: '说明', maxLength: 300, pattern: '^[^<]*$' },
    children: {
      type: 'array', title: '子女', maxItems: 2,
      items: { type: 'object', title: '子女', required: ['name'], properties: { name: { type: 'string', title: '名字', minLength: 2 }, born: { type: 'string', format: 'date', title: '生日' } } },
    },
    spouse: { type: 'object', title: '配偶', properties: { name: { type: 'string', title: '配偶姓名', minLength: 2 } }, required: ['name'] },
  },
}
const good = { name: '周晓岚', kind: '20', members: 3, since: '2026-01-01', truth: true }
const married = { effect: 'SHOW', condition: { scope: '#/properties/kind', schema: { const: '20' } } }
const control = (name: string, more: object = {}): PageElement => ({ type: 'Control', scope: `#/properties/${name}`, ...more })
const page = pageOf(schema, {})
const ruled: PageElement = {
  type: 'VerticalLayout',
  elements: [
    { type: 'Group', label: '人', elements: ['name', 'kind', 'members', 'since', 'truth', 'note', 'children'].map(n => control(n)) },
    { type: 'Group', label: '配偶', rule: married, elements: [control('spouse/properties/name')] },
  ],
}

describe('a page', () => {
  it('keeps the order asked for and loses no field', () => {
    const outlined = pageOf(schema, { groups: [{ title: '人', fields: ['name', 'gone'] }] })
    expect(sectionsOf(outlined).map(s => s.title)).toEqual(['人', '其他信息'])
    expect(controlsOf(outlined, schema, good).map(c => c.field.name).sort()).toEqual(Object.keys(schema.properties!).sort())
  })
  it('chooses a control from the schema when the form names none', () => {
    const kinds = Object.fromEntries(controlsOf(page, schema, good).map(c => [c.field.name, c.field.kind]))
    expect(kinds).toMatchObject({ name: 'text', kind: 'select', members: 'number', since: 'date', truth: 'switch', note: 'textarea', children: 'list' })
  })
  it('asks for what a rule shows, and forgets an answer that is hidden again', () => {
    const spouse = ruled.elements![1]!
    expect([shows(spouse, good), shows(spouse, { ...good, kind: '10' }), shows(spouse, {})]).toEqual([true, false, false])
    const both = { ...good, spouse: { name: '王五' } }
    expect(asked(ruled, schema, both)).toEqual(both)
    expect(asked(ruled, schema, { ...both, kind: '10' })).toEqual({ ...good, kind: '10' })
  })
  it('hides, opens and closes by the same rules', () => {
    const hidden = { ...control('note'), rule: { ...married, effect: 'HIDE' } }
    const shut = { ...control('note'), rule: { ...married, effect: 'DISABLE' } }
    expect([shows(hidden, good), shows(hidden, {}), opens(shut, good), opens(shut, {})]).toEqual([false, true, false, true])
  })
  it('reads and writes inside of objects without touching the rest', () => {
    const before = { a: { b: 1, c: 2 }, d: 3 }
    expect(withValue(before, ['a', 'b'], undefined)).toEqual({ a: { c: 2 }, d: 3 })
    expect(before.a.b).toBe(1)
  })
  it('reads a choice and a list back in words', () => {
    const field = fieldOf('kind', schema.properties!.kind!, true)
    expect([wordsOf(field, '20'), wordsOf(field, undefined)]).toEqual(['已婚', '未填写'])
    expect(wordsOf(fieldOf('children', schema.properties!.children!, false), [{ name: '小明', born: '2020-01-02' }, { name: '小红' }])).toBe('小明，2020年1月2日\n小红，未填写')
  })
})

describe('checking a form', () => {
  it('finds nothing wrong with a good one', () => expect(formErrors(schema, page, good)).toEqual({}))
  it('asks for every required field that is empty', () => {
    expect(Object.keys(formErrors(schema, page, {})).sort()).toEqual(['kind', 'members', 'name', 'since', 'truth'])
    expect(formErrors(schema, page, { name: '' })).toMatchObject({ name: '请填写姓名', kind: '请选择婚姻', truth: '请确认：属实' })
  })
  it.each([
    ['name', '周', '至少 2'], ['name', '周晓岚晓岚晓', '最多 5'], ['kind', '99', '请选择'], ['members', 0, '不能小于 1'], ['members', 2.5, '整数'],
    ['members', '三', '数'], ['note', '<b>', '格式'], ['truth', false, '请确认'], ['since', '2026-02-30', '请选择'], ['since', '2027-01-01', '2026-12-31'],
  ])('says what is wrong with %s = %s', (name, value, words) => {
    expect(formErrors(schema, page, { ...good, [name]: value })[name]).toContain(words)
  })
  it('names the row and the part of a list', () => {
    const found = formErrors(schema, page, { ...good, children: [{ name: '小明' }, { born: '2199-01-01' }] })
    expect(found).toEqual({ 'children.1.name': '请填写名字', 'children.1.born': expect.stringContaining('日期应在') })
    expect(formErrors(schema, page, { ...good, children: [{ name: '小明' }, { name: '小红' }, { name: '小刚' }] }).children).toContain('最多填写 2 项')
  })
  it('asks nothing about what is hidden', () => {
    expect(formErrors(schema, ruled, { ...good, kind: '10', spouse: { name: '王' } })).toEqual({})
    expect(formErrors(schema, ruled, { ...good, spouse: { name: '王' } })).toEqual({ 'spouse.name': '配偶姓名至少 2 个字' })
  })
  it('follows references and conditions of the schema', () => {
    const clever = {
      $defs: { code: { type: 'string', title: '代码', pattern: '^[A-Z]{2}$' } }, properties: { code: { $ref: '#/$defs/code' }, other: { type: 'string', title: '其他' } },
      if: { properties: { code: { const: 'ZZ' } }, required: ['code'] }, then: { required: ['other'] },
    } as JsonSchema
    expect(formErrors(clever, pageOf(clever, {}), { code: 'a' })).toEqual({ code: '代码的格式不对，请检查' })
    expect(formErrors(clever, pageOf(clever, {}), { code: 'ZZ' })).toEqual({ other: '请填写其他' })
  })
  it('never writes code while it runs, which the page’s policy forbids', () => {
    const allowed = globalThis.Function
    globalThis.Function = function forbidden() { throw new EvalError('unsafe-eval') } as unknown as FunctionConstructor
    try { expect(formErrors(schema, ruled, good)).toEqual({}) } finally { globalThis.Function = allowed }
  })
})
