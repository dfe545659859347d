import type { Application, CaseFull, DraftMaterial } from '@/api/cases'
import { pageOf, type PageElement } from '@/form/page'
import type { JsonSchema } from '@/form/schema'

export type Asked = NonNullable<CaseFull['correction']>
export interface Form { schema: JsonSchema; page: PageElement }

/** Only the fields the department asked for, with what was there before. */
export function formOf(asked: Asked, given: Application): Form | null {
  // A field may be named by the notice and again by one of its findings.
  const fields = [...new Set(asked.fields)]
  if (!fields.length) return null
  const properties = Object.fromEntries(fields.map(f => [f, given.schema.properties?.[f] ?? { type: 'string', title: f }]))
  const required = (given.schema.required ?? []).filter(f => fields.includes(f))
  const schema = { properties, required }
  return { schema, page: pageOf(schema, given.ui_schema, { title: '要改的内容', fields }) }
}
/** After a pre-review the whole form may change. */
export const wholeForm = (given: Application): Form => ({ schema: given.schema, page: pageOf(given.schema, given.ui_schema) })

/** The papers asked for again; each counts as missing until a new one was sent from here. */
export function papersOf(asked: Asked, given: Application, sent: Record<string, DraftMaterial>): DraftMaterial[] {
  return [...new Set(asked.materials)].map(code => {
    if (sent[code]) return sent[code]
    const known = given.materials.find(m => m.code === code)
    return { code, name: known?.name ?? code, hint: known?.hint ?? '', required: true, file: null, files: [], kinds: known?.kinds, max_files: known?.max_files }
  })
}

const GROUNDS: Record<string, string> = { incomplete: '没交齐', form: '不符合要求' }
/** What a notice names, one by one: what, why, and how to put it right. */
export function defectsOf(asked: Asked, given: Application | null) {
  const nameOf = (kind: string, code: string) => {
    if (kind === 'condition') return '申请条件'
    return (kind === 'material' ? given?.materials.find(m => m.code === code)?.name : given?.schema.properties?.[code]?.title) ?? code
  }
  // What is named twice is told once; what only repeats the reason stays silent.
  const named = new Map((asked.items ?? []).slice().reverse().map(d => [`${d.kind}:${d.code}`, d]))
  return (asked.items ?? []).filter(d => named.get(`${d.kind}:${d.code}`) === d).map(d => ({ key: `${d.kind}:${d.code}`, name: nameOf(d.kind, d.code), ground: GROUNDS[d.ground] ?? '', why: d.explanation === asked.reason ? '' : d.explanation, how: d.how }))
}
