import type { CaseState } from '#console/api/cases.ts'

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

/** The tabs of the desk; `counted` are the queues that wait for an officer. */
export const TABS: { state: CaseState | ''; name: string; counted?: boolean }[] = [
  { state: '', name: '全部' },
  { state: 'submitted', name: '待受理', counted: true },
  { state: 'accepted', name: '审查中', counted: true },
  { state: 'correction_asked', name: '待补正' },
  { state: 'fee_due', name: '待缴费' },
  { state: 'closed', name: '已办结' },
  { state: 'not_accepted', name: '不予受理' },
  { state: 'withdrawn', name: '已撤回' },
]

export const stateOf = (value: unknown): CaseState | '' => TABS.find(t => t.state === value)?.state ?? ''
