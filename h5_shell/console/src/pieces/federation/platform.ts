import type { Platform, PlatformChanged } from '#console/api/federation.ts'
import { handed } from './jwk.ts'

/** A platform as the form holds it: keys as pasted, lists one to a line. */
export interface PlatformForm { code: string; name: string; partner_url: string; public_url: string; keys: string; origins: string; redirect_uris: string }

export const blankPlatform = (): PlatformForm => ({ code: '', name: '', partner_url: '', public_url: '', keys: '', origins: '', redirect_uris: '' })
export const formOf = (p: Platform): PlatformForm => ({
  code: p.code, name: p.name, partner_url: p.partner_url, public_url: p.public_url,
  keys: JSON.stringify(p.keys, null, 2), origins: p.origins.join('\n'), redirect_uris: p.redirect_uris.join('\n'),
})
export const linesOf = (text: string) => [...new Set(text.split(/\s+/).filter(Boolean))]

/** An address that may be registered: https, on this machine also http; null for anything else. */
function addressOf(text: string): URL | null {
  let url: URL
  try { url = new URL(text) } catch { return null }
  const local = /^(127\.0\.0\.1|localhost|[a-z0-9.-]+\.localhost)$/.test(url.hostname)
  const fits = url.protocol === 'https:' || (url.protocol === 'http:' && local)
  return fits && !url.username && !url.password && text.length <= 200 ? url : null
}
const addressError = (text: string) => (addressOf(text) ? '' : '请填写以 https:// 开头的完整地址')
function originsError(lines: string[]): string {
  if (lines.length > 20) return '最多 20 个'
  const odd = lines.find(line => addressOf(line)?.origin !== line)
  return odd ? `“${odd}”须只有协议和域名，如 https://www.example.gov.cn，末尾不带斜杠` : ''
}
function redirectsError(lines: string[]): string {
  if (lines.length > 10) return '最多 10 个'
  const odd = lines.find(line => !addressOf(line) || line.includes('#'))
  return odd ? `“${odd}”不是以 https:// 开头的完整地址` : ''
}

/** What is missing or wrong, beside its box; a platform that is changed keeps its code. */
export function platformErrors(f: PlatformForm): Partial<Record<keyof PlatformForm, string>> {
  const { wrong, code } = handed(f.keys)
  const found = {
    code: /^\d{6}$/.test(f.code) ? '' : '请填写 6 位行政区划代码',
    name: f.name.trim().length > 1 ? '' : '请填写平台名称，至少 2 个字',
    partner_url: addressError(f.partner_url),
    public_url: addressError(f.public_url),
    keys: wrong || (code && code !== f.code ? `这是 ${code} 平台的公钥，与地区代码不符` : ''),
    origins: originsError(linesOf(f.origins)),
    redirect_uris: redirectsError(linesOf(f.redirect_uris)),
  }
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v))
}
export const platformBody = (f: PlatformForm): PlatformChanged => ({
  name: f.name.trim(), partner_url: f.partner_url, public_url: f.public_url,
  keys: handed(f.keys).keys, origins: linesOf(f.origins), redirect_uris: linesOf(f.redirect_uris),
})
