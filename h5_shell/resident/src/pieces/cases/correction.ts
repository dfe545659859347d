import type { CaseFull, DraftMaterial } from '@/api/cases'
import type { JsonSchema, UiSchema } from '@/form/schema'

/** Only the fields the department asked for, with what was there before. */
export function formOf(full: CaseFull): { schema: JsonSchema; ui: UiSchema } | null {
  const fields = full.correction?.fields ?? []
  if (!fields.length) return null
  const properties = Object.fromEntries(fields.map(f => [f, full.schema.properties?.[f] ?? { type: 'string', title: f }]))
  const required = (full.schema.required ?? []).filter(f => fields.includes(f))
  return { schema: { properties, required }, ui: { widgets: full.ui_schema.widgets, groups: [{ title: '要改的内容', fields }] } }
}

/** The papers asked for again; each counts as missing until a new picture was sent from here. */
export function papersOf(full: CaseFull, sent: Record<string, NonNullable<DraftMaterial['file']>>): DraftMaterial[] {
  return (full.correction?.materials ?? []).map(code => {
    const known = full.materials.find(m => m.code === code)
    return { code, name: known?.name ?? code, hint: known?.hint ?? '', required: true, file: sent[code] ?? null }
  })
}
