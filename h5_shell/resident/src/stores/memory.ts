/** Small device-side memory. Private windows may refuse storage; the app must go on without it. */
const PREFIX = 'wanshi.'

export function recall(key: string): string | null {
  try { return localStorage.getItem(PREFIX + key) } catch { return null }
}

export function remember(key: string, value: string): void {
  try { localStorage.setItem(PREFIX + key, value) } catch { /* nothing depends on it */ }
}

export function forget(key: string): void {
  try { localStorage.removeItem(PREFIX + key) } catch { /* nothing depends on it */ }
}
