// @ts-check
/** The manifest against the published schema, worded for whoever has to mend it. */
import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'

const SCHEMA = new URL('../manifest.schema.json', import.meta.url)

/** @param {any} manifest @param {Record<string, Uint8Array>} files @returns {Promise<import('./ui.mjs').Finding[]>} */
export async function faults(manifest, files) {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  const valid = ajv.compile(JSON.parse(await readFile(SCHEMA, 'utf8')))
  const found = valid(manifest) ? [] : (valid.errors ?? []).filter(e => e.keyword !== 'anyOf').map(worded)
  for (const [field, path] of [['entry', manifest.entry], ['icon', manifest.icon]]) {
    if (path && !files[path]) found.push(`${field}：包里没有文件 ${path}`)
  }
  for (const route of manifest.routes ?? []) {
    const path = String(route.path ?? '').split(/[?#]/)[0]
    if (path && !files[path]) found.push(`routes：包里没有页面 ${path}`)
  }
  return [...new Set(found)].map(message => ({ code: 'manifest', level: 'error', path: 'app.json', message }))
}
/** @param {import('./ui.mjs').Finding[]} found */
export const broken = found => found.some(one => one.code === 'manifest')

/** @param {import('ajv').ErrorObject} error */
function worded({ keyword, instancePath, params, message }) {
  const at = instancePath.slice(1).replaceAll('/', '.')
  const name = (/** @type {string} */ more) => [at, more].filter(Boolean).join('.')
  const p = /** @type {any} */ (params)
  switch (keyword) {
    case 'required': return `${name(p.missingProperty)}：必须填写`
    case 'additionalProperties': return `${name(p.additionalProperty)}：没有这个字段`
    case 'enum': return `${at}：只能是 ${p.allowedValues.join('、')}`
    case 'const': return `${at}：只能是 ${p.allowedValue}`
    case 'type': return `${at}：类型应为 ${{ string: '文字', integer: '整数', array: '列表', object: '对象', boolean: '是否' }[p.type] ?? p.type}`
    case 'pattern': return `${at}：格式不正确`
    case 'minLength': return `${at}：至少 ${p.limit} 个字`
    case 'maxLength': return `${at}：最多 ${p.limit} 个字`
    case 'minimum': return `${at}：不能小于 ${p.limit}`
    case 'maximum': return `${at}：不能大于 ${p.limit}`
    case 'minItems': return `${at}：至少 ${p.limit} 项`
    case 'maxItems': return `${at}：最多 ${p.limit} 项`
    default: return `${at}：${message}`
  }
}
