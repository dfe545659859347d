import { expect, it } from 'vitest'
import { firstShown, follow, said, wrongAnswer, type Question } from '../src/pieces/cases/theme.ts'

const question = (code: string, more: Partial<Question> = {}): Question => ({ code, text: code, kind: 'choice', options: [], least: 0, most: 100, required: true, when: '', hint: '', ...more })
const trade = question('trade')
const area = question('area', { kind: 'number', least: 1, when: "trade == 'shop'" })
const ALL = [trade, area]
const about = (code: string) => [{ field: `answers.${code}`, message: '' }]

it('asks first only what depends on nothing', () => {
  expect(firstShown(ALL)).toEqual(['trade'])
})
it('shows a question that is missed, and hides one that was answered though nobody asked', () => {
  expect(follow(ALL, ['trade'], { trade: 'shop' }, about('area'))).toEqual(['trade', 'area'])
  expect(follow(ALL, ['trade', 'area'], { trade: 'other', area: 20 }, about('area'))).toEqual(['trade'])
})
it('keeps a shown question that is only answered badly, and never hides one without a condition', () => {
  expect(follow(ALL, ['trade', 'area'], { area: 900 }, about('area'))).toEqual(['trade', 'area'])
  expect(follow(ALL, ['trade'], { trade: 'x' }, about('trade'))).toEqual(['trade'])
})
it('says nothing of hidden and empty answers', () => {
  expect(said(['trade'], { trade: 'shop', area: 3 })).toEqual({ trade: 'shop' })
  expect(said(['trade', 'area'], { trade: '', area: 3 })).toEqual({ area: 3 })
})
it('wants whole numbers within their bounds', () => {
  expect([0, 1, 1.5, 100, 101, undefined].map(n => wrongAnswer(area, n) === '')).toEqual([false, true, false, true, false, false])
})
