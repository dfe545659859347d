import type { DeskCase, Defect } from '#console/api/cases.ts'
import { groupsOf } from './fields.ts'

/** One thing that may be asked for, and what is said about it. */
export interface Pick { kind: 'field' | 'material'; code: string; name: string; note: string; ground: Defect['ground']; explanation: string; how: string }

/** What the applicant can put right: papers, and answers no authority vouches for. */
export function picksOf(found: DeskCase): Pick[] {
  const papers = found.materials.map(m => {
    const bad = (m.check?.findings ?? []).map(f => f.message).join('；')
    return { kind: 'material' as const, code: m.code, name: m.name, note: m.file ? bad : '未提交', ground: m.file ? 'form' as const : 'incomplete' as const, explanation: m.file ? bad : '没有提交', how: '' }
  })
  const answers = groupsOf(found).flatMap(g => g.rows).filter(r => !r.source?.fixed && !r.promise)
    .map(r => ({ kind: 'field' as const, code: r.key, name: r.title, note: r.value || '未填写', ground: r.value ? 'form' as const : 'incomplete' as const, explanation: '', how: '' }))
  return [...papers, ...answers]
}

export const key = (p: Pick) => `${p.kind}:${p.code}`
/** The common reason serves where nothing of its own is said. */
export function itemsOf(picks: Pick[], reason: string): Defect[] {
  return picks.map(p => ({ kind: p.kind, code: p.code, ground: p.ground, explanation: p.explanation.trim().length >= 2 ? p.explanation.trim() : reason, how: p.how.trim() }))
}
