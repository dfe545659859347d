/** What a form is: JSON Schema for the data, ui_schema for how to ask. Pure; tested. */
export interface JsonProperty {
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  oneOf?: { const: unknown; title?: string }[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  const?: unknown
  default?: unknown
  readOnly?: boolean
}
export interface JsonSchema { properties?: Record<string, JsonProperty>; required?: string[] }
export type WidgetKind = 'text' | 'select' | 'date' | 'number' | 'switch' | 'textarea'
export interface Widget { kind?: WidgetKind; placeholder?: string | null; hint?: string; options?: { value: string; label: string }[] | null }
export interface UiSchema {
  order?: string[]
  groups?: { title: string; fields: string[] }[]
  widgets?: Record<string, Widget>
}
export interface Choice { value: unknown; text: string }
export interface Field {
  name: string
  title: string
  kind: WidgetKind
  required: boolean
  placeholder: string
  hint: string
  choices: Choice[]
  rule: JsonProperty
}
export interface Group { title: string; fields: Field[] }

function kindOf(rule: JsonProperty): WidgetKind {
  if (rule.oneOf?.length || rule.enum?.length) return 'select'
  if (rule.type === 'boolean') return 'switch'
  if (rule.type === 'integer' || rule.type === 'number') return 'number'
  if (rule.format === 'date') return 'date'
  return (rule.maxLength ?? 0) > 80 ? 'textarea' : 'text'
}

function choicesOf(rule: JsonProperty, widget: Widget): Choice[] {
  if (widget.options) return widget.options.map(o => ({ value: o.value, text: o.label }))
  if (rule.oneOf) return rule.oneOf.map(o => ({ value: o.const, text: o.title ?? String(o.const) }))
  return (rule.enum ?? []).map(v => ({ value: v, text: String(v) }))
}

export function fieldOf(name: string, schema: JsonSchema, ui: UiSchema): Field {
  const rule = schema.properties?.[name] ?? {}
  const widget = ui.widgets?.[name] ?? {}
  const kind = widget.kind ?? kindOf(rule)
  const title = rule.title ?? name
  const ask = kind === 'select' || kind === 'date' ? '请选择' : '请输入'
  return {
    name, title, kind, required: schema.required?.includes(name) ?? false,
    placeholder: widget.placeholder || `${ask}${title}`,
    hint: widget.hint ?? rule.description ?? '', choices: choicesOf(rule, widget), rule,
  }
}

/** Groups in the order asked for; whatever no group names comes last, so nothing is lost. */
export function groupsOf(schema: JsonSchema, ui: UiSchema, only?: string[]): Group[] {
  const all = Object.keys(schema.properties ?? {})
  const order = [...new Set([...(ui.order ?? []).filter(n => all.includes(n)), ...all])].filter(n => !only || only.includes(n))
  const groups: Group[] = []
  const placed = new Set<string>()
  for (const g of ui.groups ?? []) {
    const names = g.fields.filter(n => order.includes(n))
    names.forEach(n => placed.add(n))
    if (names.length) groups.push({ title: g.title, fields: names.map(n => fieldOf(n, schema, ui)) })
  }
  const rest = order.filter(n => !placed.has(n))
  if (rest.length) groups.push({ title: groups.length ? '其他信息' : '申请信息', fields: rest.map(n => fieldOf(n, schema, ui)) })
  return groups
}

/** The value in words, for reading back. */
export function wordsOf(field: Field, value: unknown): string {
  if (value === undefined || value === null || value === '') return '未填写'
  if (field.kind === 'switch') return value ? '是' : '否'
  const chosen = field.choices.find(c => c.value === value)
  return chosen ? chosen.text : String(value)
}
