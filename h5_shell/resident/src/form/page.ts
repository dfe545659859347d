/** A form's page as JSON Forms describes it: what stands where, and what shows when. */
import { Validator } from '@cfworker/json-schema'
import { isEnabled, isVisible, Resolve, toDataPathSegments, type JsonSchema as AnySchema, type UISchemaElement } from '@jsonforms/core'
import { fieldOf, type Field, type JsonProperty, type JsonSchema, type UiSchema, type Widget } from './schema'

export type Data = Record<string, unknown>
export interface PageElement {
  type: string
  label?: string
  text?: string
  scope?: string
  elements?: PageElement[]
  rule?: { effect: string; condition: object }
  options?: { widget?: string; placeholder?: string; multi?: boolean }
}
export interface Section { title: string; body: PageElement }
export interface Control { names: string[]; field: Field }

/**
 * JSON Forms only ever asks its Ajv whether a value fits a schema. Ajv writes code while it runs, which
 * the page's security policy rightly forbids, so an interpreter of the same standard (2020-12) answers.
 */
const judge = {
  validate: (schema: object, value: unknown) => new Validator(schema, '2020-12').validate(value ?? null).valid,
} as unknown as Parameters<typeof isVisible>[3]

const known = (element: PageElement) => element as unknown as UISchemaElement
export const shows = (element: PageElement, data: Data) => isVisible(known(element), data, '', judge, undefined)
export const opens = (element: PageElement, data: Data) => isEnabled(known(element), data, '', judge, undefined)

export const namesOf = (scope: string) => toDataPathSegments(scope)

/** The field a control asks for, or nothing when the schema has none such. */
export function controlOf(element: PageElement, schema: JsonSchema): Control | null {
  const names = namesOf(element.scope ?? '')
  const last = names.at(-1)
  const rule = Resolve.schema(schema as AnySchema, element.scope ?? '', schema as AnySchema) as JsonProperty | undefined
  if (last === undefined || !rule) return null
  const around = names.length > 1 ? parentOf(names, schema) : schema
  const widget: Widget = { kind: element.options?.widget ?? (element.options?.multi ? 'textarea' : undefined), placeholder: element.options?.placeholder }
  return { names, field: fieldOf(last, rule, around?.required?.includes(last) ?? false, widget) }
}
function parentOf(names: string[], schema: JsonSchema): JsonProperty | undefined {
  let found: JsonProperty | undefined = schema as JsonProperty
  for (const name of names.slice(0, -1)) found = found?.properties?.[name]
  return found
}

/** The cards of a page: its groups in order, and what stands outside of any group in a card of its own. */
export function sectionsOf(page: PageElement): Section[] {
  if (page.type === 'Group') return [{ title: page.label ?? '', body: page }]
  if (page.type !== 'VerticalLayout' || page.rule) return [{ title: '', body: page }]
  const sections: Section[] = []
  let loose: PageElement[] = []
  const closeLoose = () => {
    if (loose.length) sections.push({ title: sections.length ? '其他信息' : '申请信息', body: { type: 'VerticalLayout', elements: loose } })
    loose = []
  }
  for (const element of page.elements ?? []) {
    if (element.type === 'Control' || element.type === 'Label') loose.push(element)
    else {
      closeLoose()
      sections.push(...sectionsOf(element))
    }
  }
  closeLoose()
  return sections
}

/** Every control the data lets show, from the top of the page down. */
export function controlsOf(page: PageElement, schema: JsonSchema, data: Data): Control[] {
  if (!shows(page, data)) return []
  if (page.type !== 'Control') return (page.elements ?? []).flatMap(part => controlsOf(part, schema, data))
  return [controlOf(page, schema)].filter(c => c !== null)
}

/** A page for the outline that a filed application tells, or for some of its fields only. */
export function pageOf(schema: JsonSchema, ui: UiSchema, only?: { title: string; fields: string[] }): PageElement {
  const control = (name: string): PageElement => {
    const widget = ui.widgets?.[name]
    return { type: 'Control', scope: `#/properties/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`, options: { widget: widget?.kind, placeholder: widget?.placeholder ?? undefined } }
  }
  const all = Object.keys(schema.properties ?? {})
  const groups = only ? [only] : ui.groups ?? []
  const placed = new Set(groups.flatMap(g => g.fields))
  const rest = only ? [] : all.filter(name => !placed.has(name))
  return {
    type: 'VerticalLayout',
    elements: [
      ...groups.map(g => ({ type: 'Group', label: g.title, elements: g.fields.filter(n => all.includes(n)).map(control) })).filter(g => g.elements.length),
      ...rest.map(control),
    ],
  }
}

export function valueAt(data: Data, names: string[]): unknown {
  return names.reduce<unknown>((at, name) => (at as Data | undefined)?.[name], data)
}
/** The data with one value put in, or taken out when it is undefined. */
export function withValue(data: Data, names: string[], value: unknown): Data {
  const [first = '', ...rest] = names
  const next = { ...data }
  const put = rest.length ? withValue((data[first] ?? {}) as Data, rest, value) : value
  if (put === undefined) delete next[first]
  else next[first] = put
  return next
}
/** Only what the page asks for now: an answer to a question that is hidden again is no answer. */
export function asked(page: PageElement, schema: JsonSchema, data: Data): Data {
  return controlsOf(page, schema, data).reduce<Data>((kept, { names }) => {
    const value = valueAt(data, names)
    return value === undefined ? kept : withValue(kept, names, value)
  }, {})
}
