import { day } from '@/shell/format'

/** What a form asks: one field of a JSON Schema with the words and the control it is asked by. Pure; tested. */
export interface JsonProperty {
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  oneOf?: { const: unknown; title?: string }[]
  format?: string
  formatMinimum?: string
  formatMaximum?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  const?: unknown
  readOnly?: boolean
  items?: JsonProperty
  properties?: Record<string, JsonProperty>
  required?: string[]
}
export type JsonSchema = Pick<JsonProperty, 'properties' | 'required'> & { $schema?: string; title?: string }
export type WidgetKind = 'text' | 'select' | 'date' | 'number' | 'switch' | 'textarea' | 'list'
export interface Widget { kind?: string; placeholder?: string | null; hint?: string; options?: { value: string; label: string }[] | null }
/** The plain outline of a form, as a filed application still tells it. */
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
  /** Of a list: what is asked in each row. */
  parts: Field[]
  rule: JsonProperty
}

const KINDS: readonly string[] = ['text', 'select', 'date', 'number', 'switch', 'textarea']
const LONG = 80

function kindOf(rule: JsonProperty, wanted?: string): WidgetKind {
  if (rule.type === 'array') return 'list'
  if (wanted && KINDS.includes(wanted)) return wanted as WidgetKind
  if (rule.oneOf?.length || rule.enum?.length) return 'select'
  if (rule.type === 'boolean') return 'switch'
  if (rule.type === 'integer' || rule.type === 'number') return 'number'
  if (rule.format === 'date') return 'date'
  return (rule.maxLength ?? 0) > LONG ? 'textarea' : 'text'
}

function choicesOf(rule: JsonProperty, widget: Widget): Choice[] {
  if (rule.oneOf) return rule.oneOf.map(o => ({ value: o.const, text: o.title ?? String(o.const) }))
  if (rule.enum) return rule.enum.map(v => ({ value: v, text: String(v) }))
  return (widget.options ?? []).map(o => ({ value: o.value, text: o.label }))
}

export function fieldOf(name: string, rule: JsonProperty, required: boolean, widget: Widget = {}): Field {
  const kind = kindOf(rule, widget.kind)
  const title = rule.title ?? name
  const ask = kind === 'select' || kind === 'date' ? '请选择' : '请输入'
  const parts = kind === 'list'
    ? Object.entries(rule.items?.properties ?? {}).map(([part, its]) => fieldOf(part, its, rule.items?.required?.includes(part) ?? false))
    : []
  return { name, title, kind, required, placeholder: widget.placeholder || `${ask}${title}`, hint: widget.hint ?? rule.description ?? '', choices: choicesOf(rule, widget), parts, rule }
}

export const blank = (value: unknown) => value === undefined || value === null || value === ''

/** The value in words, for reading back. */
export function wordsOf(field: Field, value: unknown): string {
  if (Array.isArray(value)) {
    const rows = value.map(row => field.parts.map(part => wordsOf(part, (row as Record<string, unknown>)[part.name])).join('，'))
    return rows.length ? rows.join('\n') : '没有'
  }
  if (blank(value)) return '未填写'
  if (field.kind === 'switch') return value ? '是' : '否'
  if (field.kind === 'date') return day(String(value))
  const chosen = field.choices.find(c => c.value === value)
  return chosen ? chosen.text : String(value)
}
