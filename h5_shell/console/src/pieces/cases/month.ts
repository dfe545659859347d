/** One month as whole weeks from Monday on; days of its neighbours are marked. */
export interface MonthDay { date: string; nth: number; inside: boolean }

const keyOf = (at: Date) => at.toISOString().slice(0, 10)
export const shifted = (month: string, by: number) => keyOf(new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1 + by, 1))).slice(0, 7)
export const monthOf = (value: unknown, today: string) => typeof value === 'string' && /^20\d\d-(0[1-9]|1[0-2])$/.test(value) ? value : today.slice(0, 7)

export function monthGrid(month: string): MonthDay[] {
  const first = new Date(`${month}-01T00:00:00Z`)
  const before = (first.getUTCDay() + 6) % 7
  const days: MonthDay[] = []
  for (let i = -before; days.length % 7 || i <= 0 || keyOf(new Date(first.getTime() + i * 86_400_000)).startsWith(month); i++) {
    const date = keyOf(new Date(first.getTime() + i * 86_400_000))
    days.push({ date, nth: Number(date.slice(8)), inside: date.startsWith(month) })
  }
  return days
}

export function byDay<T extends { deadline_on: string | null }>(lines: T[]): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const line of lines) if (line.deadline_on) found.set(line.deadline_on, [...(found.get(line.deadline_on) ?? []), line])
  return found
}
