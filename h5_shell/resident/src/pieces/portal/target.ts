/** Targets come from the back end's configuration; only our own addresses become links. */
export function inApp(target: string): string {
  return /^\/(?!\/)/.test(target) ? target : '/search'
}
