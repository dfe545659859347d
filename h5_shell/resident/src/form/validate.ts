import type { Field, JsonSchema, UiSchema } from './schema'
import { groupsOf } from './schema'

const empty = (v: unknown) => v === undefined || v === null || v === ''

function textError(field: Field, value: string): string {
  const { minLength, maxLength, pattern, format } = field.rule
  if (minLength && value.length < minLength) return `${field.title}至少 ${minLength} 个字`
  if (maxLength && value.length > maxLength) return `${field.title}最多 ${maxLength} 个字`
  if (pattern && !new RegExp(pattern, 'u').test(value)) return `${field.title}的格式不对，请检查`
  if (format === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(value)) return `请选择${field.title}`
  return ''
}

function numberError(field: Field, value: unknown): string {
  const { minimum, maximum, type } = field.rule
  if (typeof value !== 'number' || Number.isNaN(value)) return `${field.title}要填数字`
  if (type === 'integer' && !Number.isInteger(value)) return `${field.title}要填整数`
  if (minimum !== undefined && value < minimum) return `${field.title}不能小于 ${minimum}`
  if (maximum !== undefined && value > maximum) return `${field.title}不能大于 ${maximum}`
  return ''
}

/** The sentence to show under a field, or nothing. The server judges again; this only saves a round trip. */
export function fieldError(field: Field, value: unknown): string {
  if (field.rule.const === true && value !== true) return field.required ? `请确认：${field.title}` : ''
  if (empty(value)) return field.required ? `${field.kind === 'select' || field.kind === 'date' ? '请选择' : '请填写'}${field.title}` : ''
  if (field.kind === 'number') return numberError(field, value)
  if (field.choices.length) return field.choices.some(c => c.value === value) ? '' : `请选择${field.title}`
  return typeof value === 'string' ? textError(field, value) : ''
}

export function formErrors(schema: JsonSchema, ui: UiSchema, data: Record<string, unknown>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const group of groupsOf(schema, ui)) {
    for (const field of group.fields) {
      const message = fieldError(field, data[field.name])
      if (message) found[field.name] = message
    }
  }
  return found
}
