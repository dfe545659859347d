import type { System } from '#console/api/staff.ts'
import type { Tone } from '#console/pieces/cases/states.ts'

export const MODE_TONES: Record<System['mode'], Tone> = { unified: 'good', mapped: 'info', none: 'plain' }

/** How many people have an account there, by the kind of attachment. */
export function accountsOf(s: Pick<System, 'mode' | 'accounts' | 'mappings'>): string {
  if (s.mode === 'unified') return `${s.accounts} 个在用`
  return s.mode === 'mapped' ? `${s.mappings} 个已绑定` : '—'
}
