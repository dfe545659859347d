import { labelOf, PARTS, type Field } from './shape.ts'

export type Facts = Record<string, unknown>
export interface Change { key: string; label: string; before: string; after: string }
export interface Count { label: string; before: number; after: number }

const FIELDS = new Map(PARTS.flatMap(p => p.fields.map(f => [f.key, f] as const)))

const unsaid = (value: unknown) => value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)

function words(value: unknown, field?: Field): string {
  if (unsaid(value)) return '（空）'
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (field && 'options' in field && !Array.isArray(value)) return field.options.find(([v]) => v === value)?.[1] ?? String(value)
  if (Array.isArray(value) && field?.kind === 'many') return value.map(one => words(one, field)).join('、')
  if (Array.isArray(value)) return value.map((one, n) => `${n + 1}. ${words(one, field)}`).join('\n')
  if (typeof value !== 'object') return String(value)
  const row = value as Facts
  if (typeof row.days === 'number' && 'unit' in row) return `${row.days} 个${row.unit === 'workday' ? '工作日' : '自然日'}`
  const columns = field?.kind === 'rows' ? field.columns : []
  return columns.filter(c => !unsaid(row[c.key])).map(c => `${c.label}：${words(row[c.key], c).replaceAll('\n', '、')}`).join('；')
}

/** A fact of an item in words; what nobody named is shown as it stands. */
export const wordsOf = (key: string, value: unknown) => words(value, FIELDS.get(key))
const changeOf = (key: string, before: unknown, after: unknown): Change => ({ key, label: labelOf(key), before: wordsOf(key, before), after: wordsOf(key, after) })

/** What two versions say differently, in the editor's words. */
export function changesOf(before: Facts, after: Facts): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(k => k !== 'version')
  return keys.filter(k => JSON.stringify(before[k] ?? null) !== JSON.stringify(after[k] ?? null))
    .map(k => changeOf(k, before[k], after[k]))
}

/** The same told by the back end, which alone holds both versions whole. */
export const changesTold = (rows: { field: string; before?: unknown; after?: unknown }[]) => rows.map(r => changeOf(r.field, r.before, r.after))

const long = (value: unknown) => Array.isArray(value) ? value.length : 0
const days = (value: unknown) => (value as { days?: number } | null)?.days ?? 0
const fen = (value: unknown) => Array.isArray(value) ? value.reduce((sum: number, line: { amount_fen?: number }) => sum + (line.amount_fen ?? 0), 0) : 0
const COUNTS: Record<string, string> = { materials: '材料（项）', steps: '环节（个）', conditions: '条件（条）', promise_days: '承诺时限（天）', to_site_times: '到场（次）', fee_fen: '收费（元）' }
const inYuan = (what: string, count: number) => what === 'fee_fen' ? count / 100 : count
export const countsTold = (rows: { what: string; before: number; after: number }[]): Count[] =>
  rows.map(r => ({ label: COUNTS[r.what] ?? r.what, before: inYuan(r.what, r.before), after: inYuan(r.what, r.after) }))

/** What people feel of it: how much is asked, how long, how often, how dear. */
export const countsOf = (before: Facts, after: Facts): Count[] => countsTold([
  { what: 'materials', before: long(before.materials), after: long(after.materials) },
  { what: 'steps', before: long(before.steps), after: long(after.steps) },
  { what: 'conditions', before: long(before.conditions), after: long(after.conditions) },
  { what: 'promise_days', before: days(before.promise_limit), after: days(after.promise_limit) },
  { what: 'to_site_times', before: Number(before.to_site_times ?? 0), after: Number(after.to_site_times ?? 0) },
  { what: 'fee_fen', before: fen(before.fee), after: fen(after.fee) },
])
