import type { CaseState } from '#console/api/cases.ts'
import { day, dayKey, daysBetween } from '#console/shell/format.ts'
import type { Tone } from './states.ts'

export interface Dated { state: CaseState; submitted_at: string; due_on: string | null; days_left: number | null; days_unit?: 'workday' | 'day'; colour?: string; deadline_on?: string | null }
export interface DueWords { text: string; by: string; tone: Tone }

const NEAR = 2
/** Five working days to tell what is missing, or it counts as accepted (行政许可法第 32 条). */
const SILENCE_NEAR = 5

/**
 * What the clock says about a case, in words; the tone only repeats them.
 * The reply counts in the item's own unit without naming it: where the count differs from the
 * calendar's, it can only be working days.
 */
export function dueWords(found: Dated, now = new Date()): DueWords {
  const today = dayKey(now)
  if (found.colour && found.deadline_on && (found.state === 'submitted' || found.state === 'received')) return byColour(found.colour, found.deadline_on, now)
  if (found.state === 'submitted' || found.state === 'received') return waiting(daysBetween(dayKey(new Date(found.submitted_at)), today))
  if (found.state === 'correction_asked') return { text: '等申请人补正', by: '', tone: 'plain' }
  if (found.state === 'fee_due') return { text: '等申请人缴费', by: '', tone: 'plain' }
  if (found.days_left === null || !found.due_on) return { text: '', by: '', tone: 'plain' }
  const left = found.days_left
  const unit = found.days_unit ? (found.days_unit === 'day' ? '天' : '个工作日') : daysBetween(today, found.due_on) === left ? '天' : '个工作日'
  const by = `${day(found.due_on, now)}前`
  if (left < 0) return { text: `已超期 ${-left} ${unit}`, by, tone: 'bad' }
  if (left === 0) return { text: '今天到期', by: '', tone: 'bad' }
  return { text: `剩 ${left} ${unit}`, by, tone: left <= NEAR ? 'wait' : 'plain' }
}

/** Before acceptance it is the five working days that count; the desk's list says how near their end is. */
function byColour(colour: string, on: string, now: Date): DueWords {
  const until = `${day(on, now)}前受理或告知`
  if (colour === 'red') return { text: '已逾期', by: until, tone: 'bad' }
  return colour === 'yellow' ? { text: '将到期', by: until, tone: 'wait' } : { text: until, by: '', tone: 'plain' }
}

function waiting(days: number): DueWords {
  if (days <= 0) return { text: '今天提交', by: '', tone: 'plain' }
  if (days < SILENCE_NEAR) return { text: `已等 ${days} 天`, by: '', tone: 'plain' }
  return { text: `已等 ${days} 天`, by: '临近视为受理', tone: 'wait' }
}
