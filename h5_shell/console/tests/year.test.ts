import { describe, expect, it } from 'vitest'
import { daysOf, textOf } from '../src/pieces/cases/year.ts'

const off = (day: string, name = '春节') => ({ day, working: false, name })

describe('a year of days off', () => {
  it('is written as the notice has it, and read back the same', () => {
    const text = '元旦 休 01-01至01-03 班 01-04\n国庆 休 10-01、10-03'
    const { days, wrong } = daysOf(2026, text)
    expect(wrong).toBe('')
    expect(days).toHaveLength(6)
    expect(days.filter(d => d.working)).toEqual([{ day: '2026-01-04', working: true, name: '元旦' }])
    expect(textOf([...days].reverse())).toBe(text)
  })
  it('crosses the end of a month', () => {
    expect(daysOf(2028, '春节 休 02-28至03-01').days.map(d => d.day)).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
  })
  it('refuses days that are not, spans that go back, days said twice and lines it cannot read', () => {
    for (const text of ['春节 休 02-30', '春节 休 13-01', '春节 休 02-20至02-10', '春节 休 01-01至06-01', '春节 休 02-01、02-01', '春节', '休 02-01', '春节 02-01', '']) {
      expect(daysOf(2026, text)).toMatchObject({ days: [], wrong: expect.stringMatching(/./) })
    }
  })
  it('keeps a day that is alone alone', () => {
    expect(textOf([off('2026-02-17'), off('2026-02-19')])).toBe('春节 休 02-17、02-19')
  })
})
