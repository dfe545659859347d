/** Brings what must be mended first onto the screen; answers whether it is a field (else it is a paper). */
export function showFirstWrong(errors: Record<string, string>): boolean {
  const first = Object.values(errors).some(Boolean)
  const wrong = [...document.querySelectorAll<HTMLElement>('[id^="field-"]')].find(e => errors[e.id.slice('field-'.length)])
  const target = first ? wrong : document.querySelector('.material.missing')
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  target?.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' })
  target?.querySelector<HTMLElement>('.control, input')?.focus({ preventScroll: true })
  return first
}
