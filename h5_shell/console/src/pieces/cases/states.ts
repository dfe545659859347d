import type { CaseState, Subtask } from '#console/api/cases.ts'

export type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'info'

/** What a state means to the person at the desk; colour only repeats the words. */
const DESK: Record<CaseState, { name: string; tone: Tone }> = {
  submitted: { name: '待受理', tone: 'info' },
  received: { name: '已收件', tone: 'info' },
  pre_review_returned: { name: '预审退回补充', tone: 'wait' },
  pre_review_failed: { name: '预审不通过', tone: 'bad' },
  accepted: { name: '审查中', tone: 'info' },
  in_review: { name: '审查中', tone: 'info' },
  suspended: { name: '特别程序', tone: 'wait' },
  forwarded: { name: '已转报', tone: 'info' },
  correction_asked: { name: '待补正', tone: 'wait' },
  fee_due: { name: '待缴费', tone: 'wait' },
  approved: { name: '准予', tone: 'good' },
  refused: { name: '不予', tone: 'bad' },
  making: { name: '制证中', tone: 'info' },
  delivering: { name: '待送达', tone: 'info' },
  closed: { name: '已办结', tone: 'good' },
  archived: { name: '已归档', tone: 'plain' },
  not_accepted: { name: '不予受理', tone: 'bad' },
  withdrawn: { name: '已撤回', tone: 'plain' },
  returned: { name: '退件', tone: 'plain' },
  ended: { name: '强制终止', tone: 'bad' },
}

const OUTCOMES: Record<string, string> = { approved: '准予', refused: '不予' }

export function stateMark(state: CaseState, name = '', outcome: string | null = null): { name: string; tone: Tone } {
  const known = DESK[state] ?? { name, tone: 'plain' }
  if (state !== 'closed' || !outcome || !OUTCOMES[outcome]) return known
  return { name: `${known.name} · ${OUTCOMES[outcome]}`, tone: outcome === 'approved' ? 'good' : 'bad' }
}

export const stateOf = (value: unknown): CaseState | '' => typeof value === 'string' && value in DESK ? value as CaseState : ''

const OPINIONS: Record<string, string> = { agreed: '同意', disagreed: '不同意', returned: '退回' }
/** How far a question to another authority is. */
export function subtaskMark(s: Pick<Subtask, 'state' | 'outcome'>): { name: string; tone: Tone } {
  if (s.state === 'open') return { name: '等意见', tone: 'wait' }
  if (s.state === 'cancelled') return { name: '已取消', tone: 'plain' }
  return { name: OPINIONS[s.outcome] ?? '已回复', tone: s.outcome === 'agreed' ? 'good' : 'bad' }
}
