import type { Tone } from '@/shell/format'

const TONES: Record<string, Tone> = { unpaid: 'wait', overdue: 'bad', locked: 'wait', paid: 'good', cleared: 'good', in_treasury: 'good', void: 'plain' }
export const billTone = (state: string): Tone => TONES[state] ?? 'plain'
/** A locked bill is being paid, perhaps on another screen: its owner may go on with it here. */
export const payable = (state: string) => ['unpaid', 'overdue', 'locked'].includes(state)
export const settled = (state: string) => ['paid', 'cleared', 'in_treasury'].includes(state)

export type OrderOutcome = 'paid' | 'waiting' | 'failed'
/** Anything that is neither paid nor over is still under way: never tell people to pay twice. */
export function orderOutcome(state: string): OrderOutcome {
  if (['paid', 'part_refunded', 'refunded'].includes(state)) return 'paid'
  return state === 'closed' ? 'failed' : 'waiting'
}
