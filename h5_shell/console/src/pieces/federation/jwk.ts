import type { Key } from '#console/api/federation.ts'

/** What another platform's administrator handed over: its keys, and whose they say they are. */
export interface Handed { keys: Key[]; code: string; wrong: string }
type Loose = Record<string, unknown>

export const MOST_KEYS = 4
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const NUMBER = /^[A-Za-z0-9_-]{43}$/
const ASK_AGAIN = '请让对方从其“平台互认”页重新复制公钥'
// The curve P-256 (FIPS 186-5): y² = x³ − 3x + b mod p.
const FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)

function bigOf(text: string): bigint {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return BigInt(`0x${Array.from(bytes, c => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`)
}
function onCurve(x: string, y: string): boolean {
  const [a, b] = [bigOf(x), bigOf(y)]
  return a < FIELD && b < FIELD && (b * b - a * a * a + 3n * a - B) % FIELD === 0n
}

/** Why this is no key we may register; empty when it is one. */
function wrongIn(key: unknown): string {
  if (!isObject(key)) return '不是 JWK 对象'
  if (key.kty !== 'EC' || key.crv !== 'P-256') return '不是 P-256 公钥（须为 "kty": "EC"、"crv": "P-256"）'
  if (typeof key.x !== 'string' || typeof key.y !== 'string' || !NUMBER.test(key.x) || !NUMBER.test(key.y)) return 'x、y 不完整，可能没有复制全'
  if (!onCurve(key.x, key.y)) return 'x、y 不是 P-256 曲线上的点，可能抄错了字符'
  if (typeof key.kid !== 'string' || !/^[A-Za-z0-9_.-]{1,60}$/.test(key.kid)) return '缺少密钥编号 kid，或编号含有字母、数字、点、短横以外的字符'
  if ((key.use ?? 'sig') !== 'sig' || (key.alg ?? 'ES256') !== 'ES256') return '用途须为签名（"use": "sig"、"alg": "ES256"）'
  return ''
}

function read(text: string): { keys: unknown[]; code: string } | null {
  try {
    const found: unknown = JSON.parse(text)
    if (Array.isArray(found)) return { keys: found, code: '' }
    if (!isObject(found)) return null
    return { keys: Array.isArray(found.keys) ? found.keys : [found], code: typeof found.code === 'string' ? found.code : '' }
  } catch { return null }
}

/** Keys out of what was pasted: one JWK, a list of them, a key set, or what OwnKeys copies. */
export function handed(text: string): Handed {
  const no = (wrong: string): Handed => ({ keys: [], code: '', wrong })
  if (!text.trim()) return no('请粘贴对方的公钥')
  const secret = '粘贴的内容含有私钥，不能登记。私钥已经外泄，请通知对方立即更换密钥，只交出公钥'
  if (/PRIVATE KEY/.test(text)) return no(secret)
  if (text.includes('-----BEGIN')) return no('这是 PEM 格式，请让对方提供 JWK（JSON）格式的公钥')
  const found = read(text)
  if (!found) return no('不是完整的 JSON，请从第一个 { 复制到最后一个 }')
  if (found.keys.some(k => isObject(k) && PRIVATE.some(name => name in k))) return no(secret)
  if (!found.keys.length) return no(`里面没有公钥。${ASK_AGAIN}`)
  if (found.keys.length > MOST_KEYS) return no(`最多登记 ${MOST_KEYS} 个公钥`)
  for (const [n, key] of found.keys.entries()) {
    const wrong = wrongIn(key)
    if (wrong) return no(found.keys.length > 1 ? `第 ${n + 1} 个：${wrong}` : wrong)
  }
  const keys = (found.keys as Key[]).map(({ kty, crv, x, y, kid }): Key => ({ kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }))
  if (new Set(keys.map(k => k.kid)).size < keys.length) return no('密钥编号 kid 重复')
  return { keys, code: found.code, wrong: '' }
}

/** The fingerprint two administrators read to each other (RFC 7638), in groups of four. */
export async function fingerprint(key: Pick<Key, 'kty' | 'crv' | 'x' | 'y'>): Promise<string> {
  const text = JSON.stringify({ crv: key.crv, kty: key.kty, x: key.x, y: key.y })
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(digest.slice(0, 12), b => b.toString(16).padStart(2, '0')).join('').toUpperCase().replace(/(.{4})(?=.)/g, '$1 ')
}
