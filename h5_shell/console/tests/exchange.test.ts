import { expect, it } from 'vitest'
import type { CityDay } from '../src/api/exchange.ts'
import { agreement, sumsOf } from '../src/pieces/exchange/cities.ts'
import { CITY_ROLES, homeFor, menuFor } from '../src/shell/menu.ts'

const day = (more: Partial<CityDay>): CityDay => ({ city: '341600', city_name: '安徽省亳州市', day: '2026-11-23', received: 3, closed: 1, lines: 9, late: 1, agrees: true, missing: 0, extra: 0, altered: 0, checked_at: null, ...more })

it('a city that was never compared is not said to agree', () => {
  expect([true, false, null, undefined].map(a => agreement(a).name)).toEqual(['一致', '不一致', '还没有对账', '还没有对账'])
})
it('the sums count every day, and the days that differ', () => {
  expect(sumsOf([day({}), day({ agrees: false, received: 4 }), day({ agrees: null })])).toEqual({ received: 10, closed: 3, lines: 27, late: 3, differ: 1 })
  expect(sumsOf([])).toEqual({ received: 0, closed: 0, lines: 0, late: 0, differ: 0 })
})
it('a supervisor still begins at the reviews, and finds the cities below', () => {
  expect(CITY_ROLES).toContain('supervisor')
  expect(homeFor(['supervisor'])).toBe('/reviews')
  expect(menuFor(['supervisor']).map(e => e.to)).toContain('/exchange/cities')
})
