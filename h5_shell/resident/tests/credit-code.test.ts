import { grouped, tidyCode, verdict } from '@wanshi/parts'
import { describe, expect, it } from 'vitest'
import codes from './data/credit-codes.json'

describe('a unified social credit code', () => {
  it.each(codes.good)('%s is good', code => expect(verdict(code).state).toBe('good'))
  it.each(codes.bad)('%s is not good', code => expect(verdict(code).state).not.toBe('good'))
  it('is told wrong as soon as it can be', () => {
    expect(verdict('99')).toMatchObject({ state: 'bad' })
    expect(verdict('913S')).toMatchObject({ state: 'bad', message: '代码里不会有字母 S，请核对' })
    expect(verdict('9')).toMatchObject({ state: 'typing' })
    expect(verdict('91')).toMatchObject({ state: 'typing', kind: '企业' })
  })
  it('is tidied as people type it', () => {
    expect(tidyCode('91 341602-madem oo11y')).toBe('91341602MADEM0011Y')
    expect(grouped('91341602MADEM0011Y')).toBe('91 341602 MADEM0011 Y')
    expect(tidyCode('9'.repeat(30))).toHaveLength(18)
  })
})
