/**
 * What goes wrong in a page, and how fast it stood there, told to its makers. The shell drops what
 * the app's manifest does not ask for, the platform takes out whatever could be about a person.
 */
type Report = (method: string, params: { kind: string; page: string; name: string; data?: Record<string, unknown>; duration_ms?: number }) => Promise<unknown>
/** An error in a loop is one finding, not a flood. */
const MOST = 20
const LETTERS = 200

export function watchPage(self: Window, report: Report): void {
  let told = 0
  const seen: Record<string, true> = {}
  const tell = (kind: string, name: string, more: { data?: Record<string, unknown>; duration_ms?: number } = {}) => {
    if (told >= MOST || seen[kind + name]) return
    seen[kind + name] = true
    told += 1
    // Watching must never trouble the page.
    report('ah.trace.report', Object.assign({ kind, page: self.location.pathname + self.location.hash, name: name.slice(0, LETTERS) }, more)).catch(() => undefined)
  }
  self.addEventListener('error', event => {
    if (event.message) tell('error', event.message, { data: { file: fileOf(event.filename), line: event.lineno } })
  })
  self.addEventListener('unhandledrejection', event => {
    const reason = event.reason as { message?: unknown } | null
    tell('error', String(reason && reason.message ? reason.message : reason))
  })
  self.document.addEventListener('securitypolicyviolation', event => {
    tell('blocked', event.effectiveDirective, { data: { address: fileOf(event.blockedURI), file: fileOf(event.sourceFile) } })
  })
  self.addEventListener('load', () => self.setTimeout(() => {
    const [entry] = self.performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    if (entry) tell('vital', 'load', { duration_ms: Math.round(entry.loadEventEnd), data: { dom_ms: Math.round(entry.domContentLoadedEventEnd), first_byte_ms: Math.round(entry.responseStart) } })
  }, 0))
}

/** Where it was, without what was asked of it. */
function fileOf(address: string): string {
  return String(address || '').split(/[?#]/)[0] || ''
}
