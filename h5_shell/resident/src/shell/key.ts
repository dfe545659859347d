/** A key for one deed, so that pressing twice does it once. Plain http (a test hall's Wi-Fi) has no randomUUID. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('')
}
