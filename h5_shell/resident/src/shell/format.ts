/** Words and figures as people here write them. */
const pad = (n: number) => String(n).padStart(2, '0')

export function yuan(fen: number): string {
  return `${Math.trunc(fen / 100)}.${pad(Math.abs(fen) % 100)}`
}

/** Dates without a time stay as written; moments are shown in the phone's own time zone. */
export function day(value?: string | null): string {
  if (!value) return ''
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  if (plain) return `${plain[1]}年${Number(plain[2])}月${Number(plain[3])}日`
  const d = new Date(value)
  return Number.isNaN(d.getTime()) ? value : `${d.getFullYear()}年${d.getMonth() + 1}月${d.getDate()}日`
}

/** A day of about now, without its year. */
export function shortDay(value?: string | null): string {
  return day(value).replace(new RegExp(`^${new Date().getFullYear()}年`), '')
}

const WEEKDAYS = '日一二三四五六'
export const weekday = (date: string) => `周${WEEKDAYS[new Date(`${date}T00:00:00`).getDay()] ?? ''}`

export function moment(value?: string | null): string {
  if (!value) return ''
  const d = new Date(value)
  if (Number.isNaN(d.getTime())) return value
  const now = new Date()
  const clock = `${pad(d.getHours())}:${pad(d.getMinutes())}`
  if (d.toDateString() === now.toDateString()) return `今天 ${clock}`
  const date = `${d.getMonth() + 1}月${d.getDate()}日 ${clock}`
  return d.getFullYear() === now.getFullYear() ? date : `${d.getFullYear()}年${date}`
}

const UNITS: Record<string, string> = { workday: '工作日', working_day: '工作日', workdays: '工作日', natural_day: '自然日', day: '自然日', days: '自然日' }

/** A limit as people say it: 7 个工作日内. */
export function within(value: { days: number; unit: string } | null | undefined): string {
  if (!value?.days) return limit(value)
  return UNITS[value.unit] === '自然日' ? `${value.days} 天内` : `${limit(value)}内`
}

export function limit(value: { days: number; unit: string } | null | undefined): string {
  if (!value) return '无规定'
  return value.days === 0 ? '当场办结' : `${value.days} 个${UNITS[value.unit] ?? value.unit}`
}

/** What is left of a limit in plain words, with the day it ends on. */
export function leftWords(left: number, due: string, unit: string): string {
  const days = unit === 'workday' ? '个工作日' : '天'
  if (left < 0) return `已超过期限 ${-left} ${days}（应在 ${shortDay(due)}前办结）`
  if (left === 0) return `今天到期（${shortDay(due)}）`
  return `还有 ${left} ${days}（到 ${shortDay(due)}）`
}

export function fileSize(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`
}

export type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'info'

const CASE_TONES: Record<string, Tone> = {
  submitted: 'info', received: 'info', accepted: 'info', in_review: 'info', forwarded: 'info', making: 'info', delivering: 'info',
  pre_review_returned: 'wait', correction_asked: 'wait', suspended: 'wait', fee_due: 'wait',
  approved: 'good', closed: 'good', archived: 'good',
  refused: 'bad', not_accepted: 'bad', pre_review_failed: 'bad', ended: 'bad', withdrawn: 'plain', returned: 'plain',
}
/** Colour only repeats what the words say. A state we do not know yet is still being handled. */
export const caseTone = (state: string): Tone => CASE_TONES[state] ?? 'info'
export const caseRunning = (state: string) => ['info', 'wait'].includes(caseTone(state))

const TIER_NAMES = ['未实名', '初级实名', '中级实名', '高级实名']
const LEVEL_NAMES = ['未认证', '初级认证', '中级认证', '高级认证']
export const levelName = (level: number) => LEVEL_NAMES[level] ?? `${level} 级认证`
export const tierName = (tier: number) => TIER_NAMES[tier] ?? `${tier} 级`
