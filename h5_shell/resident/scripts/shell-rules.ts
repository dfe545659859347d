/** What every city's shell keeps the same, and what is its own: the rules of miniapps/rules/unity.py (R-POR-16, 34). */
import columns from '../../../miniapps/data/columns.json' with { type: 'json' }

const REQUIRED = columns.required as Record<string, string>
const WHITE = '#ffffff'
/** Words on a coloured button (WCAG 2.2, 1.4.3). */
const TEXT = 4.5
export const SDK_VERSION = '1.0'
const COLOUR = /^#[0-9a-f]{6}$/i
const ADDRESS = /^\/(?![/\\])[\w\-./?=&%]*$/

export interface Config {
  name?: unknown; short_name?: unknown; motto?: unknown; sdk_version?: unknown; logo?: unknown
  region?: { code?: unknown; name?: unknown }; home_city?: { code?: unknown; name?: unknown }
  theme?: { primary?: unknown; accent?: unknown }
  columns?: { key?: unknown; title?: unknown; to?: unknown; icon?: unknown; title_en?: unknown }[]
}

function luminance(colour: string): number {
  const channels = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16) / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * channels[0]! + 0.7152 * channels[1]! + 0.0722 * channels[2]!
}
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function columnFaults(given: Config['columns']): string[] {
  if (!Array.isArray(given)) return ['columns：缺少栏目']
  const keys = given.map(c => c.key)
  const found = Object.entries(REQUIRED).filter(([key]) => !keys.includes(key)).map(([key, title]) => `缺少全省统一栏目“${title}”（${key}）`)
  for (const { key, title, to } of given) {
    if (key !== columns.local && !(String(key) in REQUIRED)) found.push(`没有栏目 ${String(key)}；地方特色栏目请用 ${columns.local}`)
    else if (key !== columns.local && title !== REQUIRED[String(key)]) found.push(`栏目 ${String(key)} 全省统一名称为“${REQUIRED[String(key)]}”`)
    if (typeof title !== 'string' || title.length < 2 || title.length > 6) found.push(`栏目 ${String(key)} 的名称要有 2 至 6 个字`)
    if (typeof to !== 'string' || !ADDRESS.test(to)) found.push(`栏目“${String(title)}”的地址要以 / 开头，并且在平台内`)
  }
  if (Object.keys(REQUIRED).some(key => keys.filter(k => k === key).length > 1) || new Set(given.map(c => c.to)).size < given.length) found.push('栏目重复')
  const order = keys.filter(k => String(k) in REQUIRED).join()
  if (!found.length && order !== Object.keys(REQUIRED).join()) found.push(`栏目顺序应为：${Object.values(REQUIRED).join('、')}，地方栏目可以插在中间`)
  if (keys.filter(k => k === columns.local).length > columns.most_local) found.push(`地方特色栏目最多 ${columns.most_local} 个`)
  return found
}
function themeFaults({ primary, accent }: NonNullable<Config['theme']>): string[] {
  const fault = (name: string, colour: unknown, least: number) => {
    if (typeof colour !== 'string' || !COLOUR.test(colour)) return [`theme.${name}：颜色要写成 #rrggbb`]
    const ratio = contrast(colour, WHITE)
    return ratio >= least ? [] : [`theme.${name}：与白色的对比度为 ${ratio.toFixed(2)}，不能低于 ${least}`]
  }
  // Both stand behind white words.
  return [...fault('primary', primary, TEXT), ...fault('accent', accent, TEXT)]
}
/** Everything that is wrong with a shell's configuration, each in one sentence. */
export function configFaults(config: Config): string[] {
  const text = (name: 'name' | 'short_name' | 'motto', most: number) => (typeof config[name] === 'string' && config[name].length >= 2 && config[name].length <= most ? [] : [`${name}：要有 2 至 ${most} 个字`])
  const place = (name: 'region' | 'home_city') => (/^\d{6}$/.test(String(config[name]?.code)) && config[name]?.name ? [] : [`${name}：要有六位区划代码和名称`])
  return [
    ...text('name', 12), ...text('short_name', 8), ...text('motto', 12), ...place('region'), ...place('home_city'),
    ...(config.sdk_version === SDK_VERSION ? [] : [`sdk_version：平台当前为 ${SDK_VERSION}`]),
    ...(typeof config.logo === 'string' && config.logo.endsWith('.svg') ? [] : ['logo：要有一个 SVG 文件']),
    ...themeFaults(config.theme ?? {}), ...columnFaults(config.columns),
  ]
}
/** What is wrong with a mark that will be shown on every page: only a plain drawing is allowed. */
export function logoFault(svg: string): string {
  if (!/^\s*<svg[\s>]/.test(svg) || !/viewBox=/.test(svg)) return 'logo：不是 SVG，或者没有 viewBox'
  if (/<script|<foreignObject|\son\w+=|javascript:|href=["'](?!#)/i.test(svg)) return 'logo：不能带脚本、外链或网页内容'
  return svg.length > 20_000 ? 'logo：不能超过 20 KB' : ''
}
