import type { Day } from '#console/api/calendar.ts'

/** A year's days off as the State Council's notice has them: one holiday a line, `春节 休 02-15至02-23 班 02-14、02-28`. */
const LINE = /^(\S{1,40})(?:\s+休\s+(\S+))?(?:\s+班\s+(\S+))?$/
const SPAN = /^(\d{1,2})-(\d{1,2})(?:[至~](\d{1,2})-(\d{1,2}))?$/
const DAY_MS = 86_400_000

const key = (at: number) => new Date(at).toISOString().slice(0, 10)
/** The day in milliseconds, or nothing for a 30th of February. */
function dayOf(year: number, month: string, date: string): number | null {
  const at = Date.UTC(year, Number(month) - 1, Number(date))
  return new Date(at).getUTCMonth() === Number(month) - 1 && Number(date) > 0 ? at : null
}
function spanOf(year: number, text: string): string[] | null {
  const found = SPAN.exec(text)
  if (!found) return null
  const from = dayOf(year, found[1]!, found[2]!)
  const to = found[3] ? dayOf(year, found[3], found[4]!) : from
  if (from === null || to === null || to < from || to - from > 20 * DAY_MS) return null
  return Array.from({ length: (to - from) / DAY_MS + 1 }, (_, n) => key(from + n * DAY_MS))
}

export function daysOf(year: number, text: string): { days: Day[]; wrong: string } {
  const days: Day[] = []
  const lines = text.split('\n').map(l => l.trim()).filter(Boolean)
  for (const line of lines) {
    const found = LINE.exec(line)
    if (!found || !(found[2] || found[3])) return { days: [], wrong: `没有看懂：“${line}”` }
    for (const [said, working] of [[found[2], false], [found[3], true]] as const) {
      for (const part of said?.split(/[、，,]/) ?? []) {
        const span = spanOf(year, part)
        if (!span) return { days: [], wrong: `“${line}”里的日期“${part}”不对` }
        days.push(...span.map(day => ({ day, working, name: found[1]! })))
      }
    }
  }
  const twice = days.find((d, n) => days.findIndex(o => o.day === d.day) !== n)
  return twice ? { days: [], wrong: `${twice.day.slice(5)} 写了两次` } : { days, wrong: lines.length ? '' : '请填写放假和调休安排' }
}

/** Days that follow one another as one span. */
function spans(days: string[]): string {
  const runs: [string, string][] = []
  for (const day of days) {
    const last = runs.at(-1)
    if (last && Date.parse(day) - Date.parse(last[1]) === DAY_MS) last[1] = day
    else runs.push([day, day])
  }
  return runs.map(([from, to]) => from === to ? from.slice(5) : `${from.slice(5)}至${to.slice(5)}`).join('、')
}

export function textOf(days: Day[]): string {
  const sorted = [...days].sort((a, b) => a.day.localeCompare(b.day))
  return [...new Set(sorted.map(d => d.name))].map(name => {
    const of = (working: boolean) => spans(sorted.filter(d => d.name === name && d.working === working).map(d => d.day))
    return [name, of(false) && `休 ${of(false)}`, of(true) && `班 ${of(true)}`].filter(Boolean).join(' ')
  }).join('\n')
}
