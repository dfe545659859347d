/** Words and figures as offices here write them; times are shown in the province's own zone. */
const ZONE = 'Asia/Shanghai'
const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
})

function pieces(at: Date) {
  return Object.fromEntries(parts.formatToParts(at).map(p => [p.type, p.value])) as Record<string, string>
}

/** The calendar day in the province, as 2026-11-22. */
export function dayKey(at: Date): string {
  const p = pieces(at)
  return `${p.year}-${p.month}-${p.day}`
}

export function moment(value: string | null | undefined, now = new Date()): string {
  if (!value) return ''
  const at = new Date(value)
  if (Number.isNaN(at.getTime())) return value
  const p = pieces(at)
  const clock = `${p.hour}:${p.minute}`
  if (dayKey(at) === dayKey(now)) return `今天 ${clock}`
  const date = `${p.month}-${p.day} ${clock}`
  return p.year === pieces(now).year ? date : `${p.year}-${date}`
}

/** 2026-12-01 → 12月1日; another year is named. */
export function day(value: string | null | undefined, now = new Date()): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})/.exec(value ?? '')
  if (!found) return value ?? ''
  const date = `${Number(found[2])}月${Number(found[3])}日`
  return found[1] === pieces(now).year ? date : `${found[1]}年${date}`
}

/** Whole calendar days from one day key to another. */
export const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** 123450 → 1,234.50; whole fen in, digits out, nothing is rounded on the way. */
export function amount(fen: number): string {
  const cents = Math.abs(fen % 100)
  const whole = String((Math.abs(fen) - cents) / 100).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${whole}.${String(cents).padStart(2, '0')}`
}
export const yuan = (fen: number) => `${amount(fen)} 元`

/** What somebody typed as yuan, in fen; anything but plain digits with at most two decimals is nothing. */
export function fenOf(text: string): number | null {
  const found = /^(\d{1,11})(?:\.(\d{1,2}))?$/.exec(text.trim())
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : null
}

export const fileSize = (bytes: number) =>
  bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`

/** A case number in readable groups: 区划 12 · 日期 8 (6 in old ones) · 流水和校验. */
export const caseNo = (value: string) => value.replace(/^(\d{12})(\d{8})(\d{8})$/, '$1 $2 $3').replace(/^(\d{12})(\d{6})(\d{6})$/, '$1 $2 $3')
