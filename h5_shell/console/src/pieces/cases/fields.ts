import type { DeskCase } from '#console/api/cases.ts'
import { chinese } from '#console/client/problem.ts'
import { day, moment } from '#console/shell/format.ts'

export interface Source { name: string; asOf: string; fixed: boolean }
export interface FieldRow { key: string; title: string; value: string; source: Source | null; asked: boolean; promise: boolean }
export interface FieldGroup { title: string; rows: FieldRow[] }

interface Property { title?: string; const?: unknown }
interface Said { source_name: string; as_of: string; editable: boolean }

export function valueWords(value: unknown, promise = false): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return promise ? (value ? '已承诺' : '未承诺') : (value ? '是' : '否')
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return day(value, new Date(0))
  if (Array.isArray(value)) return value.map(v => valueWords(v)).join('、')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The answers as the form groups them, each with the authority that vouches for it. */
export function groupsOf(found: DeskCase): FieldGroup[] {
  const properties = (found.schema.properties ?? {}) as Record<string, Property>
  const asked = found.correction?.fields ?? []
  const row = (key: string): FieldRow => {
    const said = found.sources[key] as Said | undefined
    return {
      key,
      title: chinese(properties[key]?.title ?? key),
      value: valueWords(found.data[key], properties[key]?.const === true),
      source: said ? { name: said.source_name, asOf: moment(said.as_of), fixed: !said.editable } : null,
      asked: asked.includes(key),
      promise: properties[key]?.const === true,
    }
  }
  return found.ui_schema.groups
    .map(g => ({ title: g.title, rows: g.fields.filter(f => f in properties).map(row) }))
    .filter(g => g.rows.length)
}

/** The full name where the form holds it: a case that is open hides it no more than its answers do. */
export const applicantOf = (found: DeskCase) => typeof found.data.name === 'string' && found.data.name ? found.data.name : found.applicant

/** What a form and its papers call these, for a sentence. */
export function namesOf(form: { schema: Record<string, unknown>; materials: { code: string; name: string }[] }, keys: string[]): string {
  const properties = (form.schema.properties ?? {}) as Record<string, Property>
  const name = (key: string) => properties[key]?.const === true ? '承诺' : form.materials.find(m => m.code === key)?.name ?? chinese(properties[key]?.title ?? '')
  return [...new Set(keys.map(name).filter(Boolean))].join('、')
}
