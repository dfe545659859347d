import type { CityDay } from '#console/api/exchange.ts'

/** What comparing a city's day with its own digest said; nothing yet before the first time. */
export const agreement = (agrees: boolean | null | undefined) =>
  agrees === true ? { tone: 'good' as const, name: '一致' } : agrees === false ? { tone: 'bad' as const, name: '不一致' } : { tone: 'plain' as const, name: '还没有对账' }

export const sumsOf = (days: CityDay[]) => ({
  received: days.reduce((sum, d) => sum + d.received, 0), closed: days.reduce((sum, d) => sum + d.closed, 0), lines: days.reduce((sum, d) => sum + d.lines, 0),
  late: days.reduce((sum, d) => sum + d.late, 0), differ: days.filter(d => d.agrees === false).length,
})
