import type { Tone } from '@/shell/format'

const TONES: Record<string, Tone> = { unpaid: 'wait', paid: 'good', void: 'plain' }
export const billTone = (state: string): Tone => TONES[state] ?? 'plain'
export const payable = (state: string) => state === 'unpaid'

export type OrderOutcome = 'paid' | 'waiting' | 'failed'
/** Anything that is neither paid nor over is still under way: never tell people to pay twice. */
export function orderOutcome(state: string): OrderOutcome {
  if (state === 'paid') return 'paid'
  return state === 'closed' ? 'failed' : 'waiting'
}
