import type { Action, DeskCase, PointMark } from '#console/api/cases.ts'

/** What an officer gives with a deed; the reply's `needs` says which of it is asked. */
export interface Given { text: string; kind: string; days: number | null; outcome: '' | 'approve' | 'refuse'; id_number: string; agent: string }
export const blank = (): Given => ({ text: '', kind: '', days: null, outcome: '', id_number: '', agent: '' })
type Marks = Record<string, { mark: PointMark['mark'] | ''; note: string }>

export const needs = (action: Action | null, what: string) => action?.needs.includes(what) ?? false
export const marksOf = (found: DeskCase): Marks => Object.fromEntries(found.review_points.map(p => [p.code, { mark: p.mark, note: p.note }]))
export const unmarked = (found: DeskCase, marks: Marks) => found.review_points.filter(p => !marks[p.code]?.mark)

/** At most how many days: the guide's own limits, so that nobody is refused afterwards. */
export function mostDays(action: Action, found: DeskCase, kind: string): number {
  if (action.name === 'ask-extension') return found.extension_days
  return found.special_procedures.find(p => p.code === kind)?.days ?? 0
}

/** What is still wrong, by box; empty when it may go. */
export function wrongIn(action: Action, found: DeskCase, given: Given, marks: Marks): Record<string, string> {
  const wrong: Record<string, string> = {}
  const most = mostDays(action, found, given.kind)
  if (needs(action, 'reason') && given.text.trim().length < 2) wrong.text = '请写明理由，至少 2 个字'
  if (needs(action, 'kind') && !given.kind) wrong.kind = '请选择特别程序的种类'
  if (needs(action, 'days') && (!given.days || given.days < 1 || given.days > most)) wrong.days = most ? `请填写 1 到 ${most} 天` : '本事项没有规定可用的天数'
  if (needs(action, 'outcome') && !given.outcome) wrong.outcome = '请选择上级机关的决定'
  if (needs(action, 'receipt') && !/^\d{17}[\dXx]$/.test(given.id_number)) wrong.id_number = '请填写领取人的 18 位身份证号'
  if (needs(action, 'points') && unmarked(found, marks).length) wrong.points = '每个审查要点都要填写结论'
  return wrong
}

/** The request's body: nothing the deed does not ask for. */
export function bodyOf(action: Action, given: Given, marks: Marks): object | undefined {
  const body: Record<string, unknown> = {}
  if (needs(action, 'reason')) body.reason = given.text.trim()
  if (needs(action, 'note')) body.note = given.text.trim()
  if (needs(action, 'kind')) body.kind = given.kind
  if (needs(action, 'days')) body.days = given.days
  if (needs(action, 'outcome')) body.outcome = given.outcome
  if (needs(action, 'receipt')) Object.assign(body, { id_number: given.id_number.toUpperCase(), ...(given.agent.trim() ? { agent: given.agent.trim() } : {}) })
  if (needs(action, 'points')) body.points = Object.entries(marks).flatMap(([code, m]) => m.mark ? [{ code, mark: m.mark, note: m.note.trim() }] : [])
  return Object.keys(body).length ? body : undefined
}
export type { Marks }
