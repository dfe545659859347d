/** What the machine looked at, as the reply keeps it; anything else in it is not shown. */
export interface MachineLine { point: string; rule: string; answer: string; tone: 'good' | 'bad' | 'wait' }
export interface MachineVerdict { what: string; passed: boolean; at: string; lines: MachineLine[] }
const ANSWERS: Record<string, [string, MachineLine['tone']]> = { yes: ['成立', 'good'], no: ['不成立', 'bad'], unknown: ['无法判断，转人工', 'wait'] }
const WHAT: Record<string, string> = { acceptance: '自动受理', decision: '自动审批' }

export function verdictsOf(automatic: Record<string, unknown> | null | undefined): MachineVerdict[] {
  return Object.entries(automatic ?? {}).flatMap(([key, value]) => {
    if (!value || typeof value !== 'object') return []
    const v = value as { passed?: unknown; at?: unknown; trace?: unknown }
    const lines = (Array.isArray(v.trace) ? v.trace as Record<string, unknown>[] : []).map(t => {
      const [answer, tone] = ANSWERS[String(t.answer)] ?? [String(t.answer ?? ''), 'wait' as const]
      return { point: String(t.point ?? ''), rule: String(t.rule ?? ''), answer, tone }
    })
    return [{ what: WHAT[key] ?? key, passed: v.passed === true, at: typeof v.at === 'string' ? v.at : '', lines }]
  })
}
