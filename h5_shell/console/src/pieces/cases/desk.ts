import { computed, ref, shallowRef } from 'vue'
import * as cases from '#console/api/cases.ts'
import type { Colour, Counts, DeskLine, Scope } from '#console/api/cases.ts'
import { problemOf } from '#console/client/problem.ts'
import { useList } from '#console/pieces/staff/list.ts'

/** The desk's list, newest or most urgent first; what is shown stays when the next page fails. */
export const useDesk = () => useList((query: cases.DeskQuery, cursor?: string) => cases.desk({ ...query, cursor }))

export const SCOPES: { key: Scope; name: string; roles: string[] }[] = [
  { key: 'own', name: '本单位办件', roles: ['case_officer', 'case_approver', 'case_head'] },
  { key: 'intake', name: '我收的件', roles: ['case_officer', 'case_window'] },
  { key: 'subtask', name: '请我协同的', roles: ['case_officer', 'case_approver', 'case_head'] },
  { key: 'forward', name: '转报来的', roles: ['case_officer', 'case_approver', 'case_head'] },
  { key: 'outlet', name: '在我处领取的', roles: ['case_window'] },
]
export const scopesFor = (roles: string[]) => SCOPES.filter(s => s.roles.some(r => roles.includes(r)))
export const scopeOf = (value: unknown, roles: string[]): Scope => (scopesFor(roles).find(s => s.key === value) ?? scopesFor(roles)[0] ?? SCOPES[0]!).key
export const COLOURS = ['red', 'yellow', 'green'] as const
export const colourOf = (value: unknown): Colour => COLOURS.find(c => c === value) ?? ''

/** How much waits, by state and colour; a silent blank when not known. */
export function useCounts() {
  const found = shallowRef<Counts | null>(null)
  const count = async (scope: Scope) => { found.value = await cases.counts(scope).catch(() => null) }
  const words = (c: { count: number; more: boolean }) => c.more ? `${c.count - 1}+` : String(c.count)
  return { counts: found, count, words }
}

export interface Outcome { case_no: string; item_name: string; applicant: string; ok: boolean; said: string }
/** What a batch may do, and from which states; the rest is left out beforehand. */
export const BATCHES = [
  { name: 'receive', label: '批量收件', from: ['submitted'] },
  { name: 'accept', label: '批量受理', from: ['submitted', 'received'] },
  { name: 'begin-review', label: '批量开始审查', from: ['accepted'] },
]
export const fitFor = (from: string[], lines: DeskLine[]) => lines.filter(l => from.includes(l.state))

/** Several cases, one request each: one that fails stops none of the others. */
export function useBatch() {
  const outcomes = ref<Outcome[]>([])
  const total = ref(0)
  const running = ref(false)
  const done = computed(() => outcomes.value.length)
  async function run(lines: DeskLine[], name: string) {
    if (running.value) return
    running.value = true
    outcomes.value = []
    total.value = lines.length
    for (const line of lines) {
      const { case_no, item_name, applicant } = line
      try {
        const now = await cases.deed(case_no, line.version, name)
        outcomes.value.push({ case_no, item_name, applicant, ok: true, said: now.state_name })
      } catch (error) {
        outcomes.value.push({ case_no, item_name, applicant, ok: false, said: problemOf(error).message })
      }
    }
    running.value = false
  }
  return { outcomes, total, running, done, run }
}

/** The list as a table for office programs. */
export const HEAD = ['办件编号', '事项', '申请人', '状态', '地区', '提交时间', '期限', '剩余天数']
export const rowOf = (l: DeskLine) => [`\t${l.case_no}`, l.item_name, l.applicant, l.state_name, l.region_name, l.submitted_at, l.deadline_on ?? '', l.days_left ?? '']
