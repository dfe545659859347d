import type { Launch } from '@/api/miniapps'

interface Claims { sub?: string; code?: number; scopes?: string[]; floor?: number; exp?: number }
const TYPE = 'miniapp-release+jwt'
const bytes = (part: string) => Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
const json = (part: string) => JSON.parse(new TextDecoder().decode(bytes(part))) as Record<string, unknown>

async function claimsOf(release: string, jwk: JsonWebKey): Promise<Claims | null> {
  const [head = '', body = '', mark = ''] = release.split('.')
  const { alg, typ } = json(head)
  if (alg !== 'ES256' || typ !== TYPE) return null
  const { kty, crv, x, y } = jwk
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  const signed = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(mark), new TextEncoder().encode(`${head}.${body}`))
  return signed ? json(body) as Claims : null
}

/**
 * Whether what is about to open is what review released: the platform's signature, the app, the
 * version and no more than the permissions it granted. A trial has no release yet.
 */
export async function isReleased(launch: Launch, now = Date.now()): Promise<boolean> {
  if (launch.trial) return true
  const claims = await claimsOf(launch.release, launch.jwk).catch(() => null)
  if (!claims || claims.sub !== launch.app.appid || !claims.code || (claims.exp ?? 0) * 1000 <= now) return false
  if (claims.code < (claims.floor ?? Infinity)) return false
  // The page is served under the number that was signed.
  if (launch.mode !== 'api' && new URL(launch.url).pathname.split('/')[2] !== String(claims.code)) return false
  return launch.permissions.every(p => !p.approved || claims.scopes?.includes(p.scope))
}
