/** What is wrong with a form, one sentence a field. The server judges again; this only saves a round trip. */
import { Validator, type Schema } from '@cfworker/json-schema'
import { asked, controlsOf, type Data, type PageElement } from './page'
import { blank, type JsonProperty, type JsonSchema } from './schema'

type Found = Record<string, string>
/** Findings that only say that something inside is wrong. */
const AROUND = new Set(['properties', 'items', 'prefixItems', '$ref', 'if', 'then', 'else', 'allOf', 'dependentSchemas'])
const OLDEST = '1900-01-01'
const LATEST = '2100-12-31'
const titled = (rule: JsonProperty) => rule.title ?? '这一项'
const choosing = (rule: JsonProperty) => Boolean(rule.enum || rule.oneOf || rule.format === 'date')

/** An empty box is an absent answer, for the server as well. */
function withoutBlanks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBlanks)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([, v]) => !blank(v)).map(([k, v]) => [k, withoutBlanks(v)]))
}

const segments = (pointer: string) => pointer.split('/').slice(1).map(s => decodeURIComponent(s).replace(/~1/g, '/').replace(/~0/g, '~'))

/** The part of the schema that a finding speaks about; through references too. */
function ruleAt(schema: object, location: string): JsonProperty {
  let node = schema as Record<string, unknown>
  for (const name of segments(location).slice(0, -1)) {
    const next = name === '$ref' ? ruleNode(schema, String(node.$ref)) : node[name]
    node = (next ?? {}) as Record<string, unknown>
  }
  return node as JsonProperty
}
function ruleNode(schema: object, ref: string): unknown {
  return segments(ref).reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], schema)
}

const TYPES: Record<string, string> = { integer: '要填整数', number: '要填数字', boolean: '要选是或否' }

function sentence(keyword: string, rule: JsonProperty): string {
  const name = titled(rule)
  switch (keyword) {
    case 'minLength': return `${name}至少 ${rule.minLength} 个字`
    case 'maxLength': return `${name}最多 ${rule.maxLength} 个字`
    case 'minimum': return `${name}不能小于 ${rule.minimum}`
    case 'maximum': return `${name}不能大于 ${rule.maximum}`
    case 'minItems': return `${name}至少填写 ${rule.minItems} 项`
    case 'maxItems': return `${name}最多填写 ${rule.maxItems} 项`
    case 'uniqueItems': return `${name}不能有重复的内容`
    case 'const': return rule.const === true ? `请确认：${name}` : `请选择${name}`
    case 'enum': case 'oneOf': return `请选择${name}`
    case 'type': return `${name}${TYPES[String(rule.type)] ?? '的内容不对'}`
    case 'format': return rule.format === 'date' ? `请选择${name}` : `${name}的格式不对，请检查`
    default: return `${name}的格式不对，请检查`
  }
}

function absent(rule: JsonProperty, name: string): string {
  const wanted = rule.properties?.[name] ?? {}
  if (wanted.const === true) return `请确认：${titled(wanted)}`
  return `${choosing(wanted) ? '请选择' : '请填写'}${wanted.title ?? name}`
}

/** Dates out of `formatMinimum`…`formatMaximum`, which JSON Schema itself cannot say. */
function* daysOutOfRange(rule: JsonProperty, value: unknown, path: string): Generator<[string, string]> {
  if (Array.isArray(value)) {
    for (const [i, row] of value.entries()) yield* daysOutOfRange(rule.items ?? {}, row, `${path}.${i}`)
  } else if (value !== null && typeof value === 'object') {
    for (const [name, its] of Object.entries(rule.properties ?? {})) yield* daysOutOfRange(its, (value as Data)[name], path ? `${path}.${name}` : name)
  } else if (rule.format === 'date' && typeof value === 'string') {
    const [first, last] = [rule.formatMinimum ?? OLDEST, rule.formatMaximum ?? LATEST]
    if (value < first || value > last) yield [path, `日期应在 ${first} 至 ${last} 之间`]
  }
}

/** The findings by field, rows of lists as `children.0.name`; only of what the page shows now. */
export function formErrors(schema: JsonSchema, page: PageElement, data: Data): Found {
  const given = withoutBlanks(asked(page, schema, data))
  const found: Found = {}
  const say = (path: string, message: string) => { found[path] ??= message }
  for (const error of new Validator(schema as Schema, '2020-12', false).validate(given).errors) {
    const path = segments(error.instanceLocation).join('.')
    const rule = ruleAt(schema, error.keywordLocation)
    if (error.keyword === 'required') {
      const name = /"(.*)"/.exec(error.error)?.[1] ?? ''
      say(path ? `${path}.${name}` : name, absent(withReference(schema, rule), name))
    } else if (!AROUND.has(error.keyword)) say(path, sentence(error.keyword, rule))
  }
  for (const [path, message] of daysOutOfRange(schema as JsonProperty, given, '')) say(path, message)
  const shown = controlsOf(page, schema, data).map(c => c.names.join('.'))
  return Object.fromEntries(Object.entries(found).filter(([path]) => shown.some(name => path === name || path.startsWith(`${name}.`))))
}
/** What a condition demands has its title where the field is defined. */
const withReference = (schema: JsonSchema, rule: JsonProperty): JsonProperty => (rule.properties ? { ...rule, properties: { ...schema.properties, ...rule.properties } } : { ...rule, properties: schema.properties })
