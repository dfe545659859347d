/**
 * The unified social credit code (GB 32100, its organisation code GB 11714), checked while it is
 * typed by the rules of auth/organisations/rules.py; resident/tests/data/credit-codes.json binds the two.
 */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const CODE_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const CODE_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

export const KINDS: Record<string, string> = {
  91: '企业', 92: '个体工商户', 93: '农民专业合作社', 11: '机关', 12: '事业单位', 51: '社会团体', 52: '民办非企业单位', 53: '基金会',
}

export function checkDigit(first17: string): string {
  let weight = 1
  let total = 0
  for (const c of first17) {
    total += ALPHABET.indexOf(c) * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET[(31 - total % 31) % 31]!
}
export function organisationDigit(first8: string): string {
  const rest = 11 - [...first8].reduce((sum, c, i) => sum + CODE_ALPHABET.indexOf(c) * CODE_WEIGHTS[i]!, 0) % 11
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest)
}

/** As far as it was typed: letters that never occur are read as the digits people mean. */
export const tidyCode = (text: string) => text.toUpperCase().replace(/[^0-9A-Z]/g, '').replace(/[OI]/g, c => (c === 'O' ? '0' : '1')).slice(0, 18)

export type Verdict = { state: 'typing'; kind: string } | { state: 'good'; kind: string } | { state: 'bad'; kind: ''; message: string }

/** What can be said already; a wrong beginning is told at the second character, not at the end. */
export function verdict(code: string): Verdict {
  const bad = (message: string): Verdict => ({ state: 'bad', kind: '', message })
  const odd = [...code].find(c => !ALPHABET.includes(c))
  if (odd) return bad(`代码里不会有字母 ${odd}，请核对`)
  const kind = KINDS[code.slice(0, 2)]
  if (code.length >= 2 && !kind) return bad('开头两位不对，请对照证照逐位核对')
  if (code.length < 18) return { state: 'typing', kind: kind ?? '' }
  if (code[16] !== organisationDigit(code.slice(8, 16)) || code[17] !== checkDigit(code.slice(0, 17))) return bad('代码不对，可能有一位写错了，请逐位核对')
  return { state: 'good', kind: kind! }
}
/** In readable groups: 登记机关与类别 2 · 区划 6 · 主体 9 · 校验 1. */
export const grouped = (code: string) => [code.slice(0, 2), code.slice(2, 8), code.slice(8, 17), code.slice(17)].filter(Boolean).join(' ')
