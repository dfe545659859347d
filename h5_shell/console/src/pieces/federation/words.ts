import type { Import, Platform } from '#console/api/federation.ts'
import type { Tone } from '#console/pieces/cases/states.ts'

const LEVELS: Record<string, string> = { nation: '国家', province: '省级', city: '市级' }
export const levelName = (level: string) => LEVELS[level] ?? level
export const stateMark = (state: string): { name: string; tone: Tone } => (state === 'active' ? { name: '互通中', tone: 'good' } : { name: '已停用', tone: 'plain' })
/** Whom this platform may register (R-ID-42). */
export const peersOf = (level: string) => (level === 'city' ? '所属省的平台' : '本省各市的平台')

/** How the telling of users stands; what is held up goes before all else. */
export function backlogMark(p: Pick<Platform, 'waiting' | 'held' | 'level' | 'state'>): { name: string; tone: Tone; alarm: boolean } {
  if (p.held) return { name: `${p.held} 条受阻`, tone: 'bad', alarm: true }
  if (p.waiting) return { name: `${p.waiting} 条待推送`, tone: 'wait', alarm: false }
  return { name: p.level === 'city' && p.state === 'active' ? '已推完' : '—', tone: 'plain', alarm: false }
}

/** How far an import has come: parts arrive, then they are merged one by one. */
export function importMark(i: Pick<Import, 'state' | 'parts' | 'received'>): { name: string; tone: Tone } {
  if (i.state === 'done') return { name: '已完成', tone: 'good' }
  return i.received < i.parts ? { name: '接收中', tone: 'wait' } : { name: '合并中', tone: 'info' }
}
export const partsDone = (i: Pick<Import, 'parts' | 'merged'>) => (i.parts ? Math.floor((i.merged / i.parts) * 100) : 0)

export interface Outcome { code: string; name: string; count: number }
/** Every outcome the report knows, also those that did not happen; in the report's own order. */
export const outcomesOf = (i: Pick<Import, 'counts' | 'outcome_names'>): Outcome[] =>
  Object.entries(i.outcome_names).map(([code, name]) => ({ code, name, count: i.counts[code] ?? 0 }))
export const rowsOf = (i: Pick<Import, 'counts'>) => Object.values(i.counts).reduce((sum, n) => sum + n, 0)

export const figure = (n: number) => n.toLocaleString('zh-CN')
