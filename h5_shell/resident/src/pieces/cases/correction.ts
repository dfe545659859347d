import type { Application, CaseFull, StoredFile, DraftMaterial } from '@/api/cases'
import type { JsonSchema, UiSchema } from '@/form/schema'

type Asked = NonNullable<CaseFull['correction']>

/** Only the fields the department asked for, with what was there before. */
export function formOf(asked: Asked, given: Application): { schema: JsonSchema; ui: UiSchema } | null {
  const fields = asked.fields
  if (!fields.length) return null
  const properties = Object.fromEntries(fields.map(f => [f, given.schema.properties?.[f] ?? { type: 'string', title: f }]))
  const required = (given.schema.required ?? []).filter(f => fields.includes(f))
  return { schema: { properties, required }, ui: { widgets: given.ui_schema.widgets, groups: [{ title: '要改的内容', fields }] } }
}

/** The papers asked for again; each counts as missing until a new picture was sent from here. */
export function papersOf(asked: Asked, given: Application, sent: Record<string, StoredFile>): DraftMaterial[] {
  return asked.materials.map(code => {
    const known = given.materials.find(m => m.code === code)
    return { code, name: known?.name ?? code, hint: known?.hint ?? '', required: true, file: sent[code] ?? null }
  })
}
