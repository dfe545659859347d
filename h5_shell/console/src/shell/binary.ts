/** Bytes as the interface takes them; whole files would burst a spread call, hence by pieces. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

/** Base64 of DER as a PEM file, lines of 64 (RFC 7468). */
export const pemOf = (label: string, base64: string) => `-----BEGIN ${label}-----\n${base64.replace(/\s/g, '').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

/** A certificate or request as base64 of DER, whether the file is PEM or DER; empty where it is neither. */
export async function derOf(file: Blob): Promise<string> {
  const raw = await base64Of(file)
  if (raw.startsWith('M')) return raw
  const found = /-----BEGIN [A-Z0-9 ]+-----([\sA-Za-z0-9+/=]+)-----END/.exec(atob(raw))
  return found ? found[1]!.replace(/\s/g, '') : ''
}
