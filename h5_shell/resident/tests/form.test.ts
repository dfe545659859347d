import { describe, expect, it } from 'vitest'
import { groupsOf, wordsOf, type JsonSchema } from '@/form/schema'
import { formErrors } from '@/form/validate'

const schema: JsonSchema = {
  required: ['name', 'kind', 'members', 'since', 'truth'],
  properties: {
    name: { type: 'string', title: '姓名', minLength: 2, maxLength: 5 },
    kind: { title: '婚姻', oneOf: [{ const: '10', title: '未婚' }, { const: '20', title: '已婚' }] },
    members: { type: 'integer', title: '人口', minimum: 1, maximum: 20 },
    since: { type: 'string', format: 'date', title: '日期' },
    truth: { type: 'boolean', title: '属实', const: true },
    note: { type: 'string', title: '说明', maxLength: 300, pattern: '^[^<]*$' },
  },
}
const good = { name: '周晓岚', kind: '20', members: 3, since: '2026-01-01', truth: true }

describe('groups', () => {
  it('keep the order asked for and lose no field', () => {
    const groups = groupsOf(schema, { order: ['kind', 'name'], groups: [{ title: '人', fields: ['name', 'gone'] }] })
    expect(groups.map(g => g.title)).toEqual(['人', '其他信息'])
    expect(groups.flatMap(g => g.fields.map(f => f.name)).sort()).toEqual(Object.keys(schema.properties!).sort())
    expect(groups[1]!.fields[0]!.name).toBe('kind')
  })
  it('choose a control from the schema when the form names none', () => {
    const kinds = Object.fromEntries(groupsOf(schema, {}).flatMap(g => g.fields.map(f => [f.name, f.kind])))
    expect(kinds).toEqual({ name: 'text', kind: 'select', members: 'number', since: 'date', truth: 'switch', note: 'textarea' })
  })
  it('read a choice back in words', () => {
    const field = groupsOf(schema, {})[0]!.fields.find(f => f.name === 'kind')!
    expect(wordsOf(field, '20')).toBe('已婚')
    expect(wordsOf(field, undefined)).toBe('未填写')
  })
})

describe('checking a form', () => {
  it('finds nothing wrong with a good one', () => expect(formErrors(schema, {}, good)).toEqual({}))
  it('asks for every required field that is empty', () => {
    expect(Object.keys(formErrors(schema, {}, {})).sort()).toEqual(['kind', 'members', 'name', 'since', 'truth'])
  })
  it.each([
    ['name', '周', '至少 2'], ['name', '周晓岚晓岚晓', '最多 5'], ['kind', '99', '请选择'], ['members', 0, '不能小于 1'], ['members', 2.5, '整数'],
    ['members', '三', '数字'], ['note', '<b>', '格式'], ['truth', false, '请确认'],
  ])('says what is wrong with %s = %s', (name, value, words) => {
    expect(formErrors(schema, {}, { ...good, [name]: value })[name]).toContain(words)
  })
})
