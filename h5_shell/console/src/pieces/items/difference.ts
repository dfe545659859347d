import { labelOf, PARTS, type Field } from './shape.ts'

export type Facts = Record<string, unknown>
export interface Change { key: string; label: string; before: string; after: string }
export interface Count { label: string; before: number; after: number }

const FIELDS = new Map(PARTS.flatMap(p => p.fields.map(f => [f.key, f] as const)))

function words(value: unknown, field?: Field): string {
  if (value === null || value === undefined || value === '') return '（空）'
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (field && 'options' in field && !Array.isArray(value)) return field.options.find(([v]) => v === value)?.[1] ?? String(value)
  if (Array.isArray(value)) return value.length ? value.map((one, n) => `${n + 1}. ${words(one, field)}`).join('\n') : '（空）'
  if (typeof value !== 'object') return String(value)
  const row = value as Facts
  if (typeof row.days === 'number' && 'unit' in row) return `${row.days} 个${row.unit === 'workday' ? '工作日' : '自然日'}`
  const columns = field?.kind === 'rows' ? field.columns : []
  return columns.filter(c => row[c.key] !== undefined && row[c.key] !== '').map(c => `${c.label}：${words(row[c.key], c).replaceAll('\n', '、')}`).join('；')
}

/** What two versions say differently, in the editor's words. */
export function changesOf(before: Facts, after: Facts): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(k => k !== 'version')
  return keys.filter(k => JSON.stringify(before[k] ?? null) !== JSON.stringify(after[k] ?? null))
    .map(k => ({ key: k, label: labelOf(k), before: words(before[k], FIELDS.get(k)), after: words(after[k], FIELDS.get(k)) }))
}

const long = (value: unknown) => Array.isArray(value) ? value.length : 0
const days = (value: unknown) => (value as { days?: number } | null)?.days ?? 0
const fen = (value: unknown) => Array.isArray(value) ? value.reduce((sum: number, line: { amount_fen?: number }) => sum + (line.amount_fen ?? 0), 0) : 0
/** What people feel of it: how much is asked, how long, how often, how dear. */
export const countsOf = (before: Facts, after: Facts): Count[] => [
  { label: '材料（项）', before: long(before.materials), after: long(after.materials) },
  { label: '环节（个）', before: long(before.steps), after: long(after.steps) },
  { label: '条件（条）', before: long(before.conditions), after: long(after.conditions) },
  { label: '承诺时限（天）', before: days(before.promise_limit), after: days(after.promise_limit) },
  { label: '到场（次）', before: Number(before.to_site_times ?? 0), after: Number(after.to_site_times ?? 0) },
  { label: '收费（元）', before: fen(before.fee) / 100, after: fen(after.fee) / 100 },
]
