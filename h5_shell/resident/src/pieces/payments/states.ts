import type { Tone } from '@/shell/format'

const TONES: Record<string, Tone> = { unpaid: 'wait', overdue: 'bad', locked: 'wait', paid: 'good', cleared: 'good', in_treasury: 'good', void: 'plain' }
export const billTone = (state: string): Tone => TONES[state] ?? 'plain'
/** A locked bill is being paid, perhaps on another screen: its owner may go on with it here. */
export const payable = (state: string) => ['unpaid', 'overdue', 'locked'].includes(state)
export const settled = (state: string) => ['paid', 'cleared', 'in_treasury'].includes(state)

/** What waits to be paid comes first, the overdue at its head. */
export function shelves<T extends { state: string }>(bills: T[]): { open: T[]; over: T[] } {
  const open = bills.filter(b => payable(b.state))
  return { open: [...open.filter(b => b.state === 'overdue'), ...open.filter(b => b.state !== 'overdue')], over: bills.filter(b => !payable(b.state)) }
}

const CHANNELS: Record<string, string> = { wechat: '微信支付', alipay: '支付宝', nontax: '财政非税缴款', unionpay: '银联', wechat_nontax: '微信非税缴费', counter: '办事大厅窗口' }
export const channelName = (channel: string) => CHANNELS[channel] ?? '其他方式'
/** Twenty digits as people read them aloud. */
export const groups = (code: string) => code.replace(/\s/g, '').replace(/(\d{4})(?=\d)/g, '$1 ')

/** Where the money goes, and what comes for it. */
export function assurance(bill: { state: string; fee_class: string; receipt_no: string }): string {
  if (bill.state === 'void') return '这张缴款单已作废，不用再缴。'
  const treasury = bill.fee_class === 'treasury'
  const way = treasury ? '款项直接缴入财政非税收入专户，平台不经手。' : '款项直接付给收款单位，平台不经手。'
  if (!treasury || bill.receipt_no) return way
  return `${way}${settled(bill.state) ? '财政电子票据正在开具。' : '缴费后会开财政电子票据。'}`
}

/** What a bill was for goes on after it is paid; not every bill has something to look at. */
export function whatFor(bill: { source: string; source_ref: string }): { to: string; name: string } | null {
  const [ref] = bill.source_ref.split(':')
  if (bill.source === 'cases') return { to: `/cases/${encodeURIComponent(ref ?? '')}`, name: '看办件进度' }
  return bill.source === 'logistics' ? { to: `/parcels/${encodeURIComponent(ref ?? '')}`, name: '看包裹进度' } : null
}

export type OrderOutcome = 'paid' | 'waiting' | 'failed'
/** Anything that is neither paid nor over is still under way: never tell people to pay twice. */
export function orderOutcome(state: string): OrderOutcome {
  if (['paid', 'part_refunded', 'refunded'].includes(state)) return 'paid'
  return state === 'closed' ? 'failed' : 'waiting'
}
