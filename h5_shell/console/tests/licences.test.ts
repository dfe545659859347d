import { expect, it } from 'vitest'
import { blankSpec, deedsFor, factOf, factTold, fieldsOf, oneOf, reasonTold, rowsOf, sampleNumber, specWrongs, sumsBy, tokenOf, TYPE_STATES, valueTold } from '../src/pieces/licences/words.ts'

const CODE = '11341600MB1234567K001'

it('a type without a code, a title or any field is not sent', () => {
  const spec = { ...blankSpec(), code: CODE, name: '经营许可证' }
  spec.directory.style.title = '经营许可证'
  expect(Object.values(specWrongs(spec)).filter(Boolean)).toEqual([])
  expect(specWrongs({ ...spec, code: '123' }).code).not.toBe('')
  expect(specWrongs({ ...spec, holders: [] }).holders).not.toBe('')
  const [field] = spec.directory.content.fields
  spec.directory.content.fields = [field!, { ...field! }]
  expect(specWrongs(spec).fields).toBe('字段代码不能重复')
  spec.directory.content.fields = []
  expect(specWrongs(spec).fields).toBe('至少要有一个字段')
  spec.directory.content.open = true
  expect(specWrongs(spec).fields).toBe('')
})
it('the sample number follows the rule', () => {
  expect([sampleNumber({ with_year: true, digits: 6 }, 2026), sampleNumber({ with_year: false, digits: 8 }, 2026)]).toEqual(['2026000001', '00000001'])
})
it('only a valid licence may be printed, and only what the server offers is offered', () => {
  expect(deedsFor({ state: 'suspended', moves: ['resume', 'revoke'] })).toEqual(['resume', 'revoke'])
  expect(deedsFor({ state: 'valid', moves: ['suspend', 'revoke', 'change', 'renew'] })).toEqual(['change', 'renew', 'suspend', 'revoke', 'print'])
  expect(deedsFor({ state: 'revoked', moves: [] })).toEqual([])
})
it('a file of licences is an array or carries one, with at most a hundred rows', () => {
  expect(rowsOf('[{"a":1}]')).toEqual({ rows: [{ a: 1 }], wrong: '' })
  expect(rowsOf('\uFEFF{"items":[{}]}').rows).toHaveLength(1)
  expect([rowsOf('{'), rowsOf('null'), rowsOf('[]'), rowsOf(JSON.stringify(Array(101).fill({})))].every(r => r.wrong)).toBe(true)
})
it('a scanned code may be the token or the address that carries it', () => {
  const token = 'aB3_-'.padEnd(32, 'x')
  expect([token, ` https://a.example/v/${token} `, `https://a.example/?t=${token}`].map(tokenOf)).toEqual([token, token, token])
  expect([tokenOf('short'), tokenOf(`${token}y`)]).toEqual(['', ''])
})
it('fields are parted by any mark and named once', () => {
  expect(fieldsOf('姓名、 地址，姓名;期限')).toEqual(['姓名', '地址', '期限'])
  expect(['持有人', '地址', 'content.a', 'expires_on'].map(factOf)).toEqual(['holder_name', 'content.地址', 'content.a', 'expires_on'])
  expect(['holder_name', 'content.地址'].map(factTold)).toEqual(['持有人', '地址'])
})
it('values are told in words and uses summed by name', () => {
  expect([null, true, 0, '甲'].map(valueTold)).toEqual(['—', '是', '0', '甲'])
  expect(sumsBy([{ w: '甲', uses: 1 }, { w: '乙', uses: 5 }, { w: '甲', uses: 2 }], u => u.w)).toEqual([{ name: '乙', uses: 5 }, { name: '甲', uses: 3 }])
  expect([reasonTold('expired'), reasonTold('odd')]).toEqual(['证照已过期', 'odd'])
  expect(oneOf(TYPE_STATES, 'odd')).toBe('')
})
