import type { Part } from '#console/api/bundles.ts'

export const bundleTone = (state: string) => state === 'finished' ? 'good' as const : state === 'stopped' || state === 'withdrawn' ? 'bad' as const : 'wait' as const
const TONES: Record<string, 'good' | 'bad' | 'wait' | 'plain'> = { approved: 'good', refused: 'bad', running: 'wait', waiting: 'plain' }
export const partTone = (state: string) => TONES[state] ?? 'plain'

interface Standing { code: string; after: string[] }
/** Parts in columns: each stands right of all that it waits for; a circle ends at the last column. */
export function columnsOf<T extends Standing>(parts: T[]): T[][] {
  const known = new Set(parts.map(p => p.code))
  const depth = new Map<string, number>()
  for (let round = 0; round < parts.length; round++) {
    for (const p of parts) depth.set(p.code, Math.min(parts.length - 1, Math.max(0, ...p.after.filter(a => known.has(a)).map(a => (depth.get(a) ?? 0) + 1))))
  }
  const columns: T[][] = []
  for (const p of parts) (columns[depth.get(p.code) ?? 0] ??= []).push(p)
  return columns.filter(c => c.length)
}

/** The organisations of the parts, each once. */
export function orgsOf(parts: Pick<Part, 'org' | 'department'>[]): { org: string; name: string }[] {
  return [...new Map(parts.map(p => [p.org, p.department])).entries()].map(([org, name]) => ({ org, name }))
}

export const SESSION_KINDS = [['survey', '联合踏勘'], ['review', '联合审查'], ['acceptance', '联合验收'], ['hearing', '听证']] as const

const PARCELS: Record<string, string> = { sent: '已交寄', signed: '已签收', differs: '签收清单不符，待核实', returned: '已退回，改为窗口领取' }
export const parcelName = (state: string) => PARCELS[state] ?? state
