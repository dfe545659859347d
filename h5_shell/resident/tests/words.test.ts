import { describe, expect, it } from 'vitest'
import { idNumberOk, sexOf } from '@wanshi/parts'
import { passwordError, stepErrors, blank } from '@/pieces/grants/sign-up'
import { inApp } from '@/pieces/portal/target'
import { caseTone, day, limit, yuan } from '@/shell/format'

describe('an ID number', () => {
  it('is accepted by its check digit', () => expect(idNumberOk('11010519491231002X')).toBe(true))
  it.each(['110105194912310021', '11010519491331002X', '1101051949123100', ''])('is refused when %s is wrong', n => expect(idNumberOk(n)).toBe(false))
  it('tells the sex by its 17th digit', () => expect(sexOf('11010519491231002X')).toBe('female'))
})

describe('signing up', () => {
  it('asks each step only for its own fields', () => {
    expect(Object.keys(stepErrors(1, blank())).sort()).toEqual(['code', 'phone'])
  })
  it('wants a password long enough, and no particular characters', () => {
    expect(passwordError('1234567')).toBeTruthy()
    expect(passwordError('正确的马电池钉书针')).toBeUndefined()
  })
})

describe('words and figures', () => {
  it('show fen as yuan without floating point', () => {
    expect(yuan(8000)).toBe('80.00')
    expect(yuan(1)).toBe('0.01')
    expect(yuan(123456789)).toBe('1234567.89')
  })
  it('show limits with their kind of day', () => {
    expect(limit({ days: 7, unit: 'workday' })).toBe('7 个工作日')
    expect(limit({ days: 0, unit: 'workday' })).toBe('当场办结')
    expect(limit(null)).toBe('无规定')
  })
  it('show a plain date as it is, whatever the time zone', () => expect(day('2026-11-30')).toBe('2026年11月30日'))
  it('give a case that waits for the person its own tone', () => expect(caseTone('correction_asked')).toBe('wait'))
})

it('a configured shortcut only leads inside this app', () => {
  expect(inApp('/bills')).toBe('/bills')
  expect(inApp('https://evil.example')).toBe('/search')
  expect(inApp('//evil.example')).toBe('/search')
})
