import type { CounterBill, Means } from '#console/api/payments.ts'
import { fenOf, yuan } from '#console/shell/format.ts'

/** What a scanner typed, or a person with spaces, as the twenty digits on the notice. */
export const codeOf = (text: string) => text.replace(/[\s-]/g, '')
export const codeWrong = (text: string) => /^\d{20}$/.test(codeOf(text)) ? '' : '缴款码是 20 位数字，请核对'
export const MEANS: readonly (readonly [Means, string])[] = [['cash', '现金'], ['pos', '刷卡']]
export const meansName = (means: Means) => MEANS.find(([key]) => key === means)?.[1] ?? means

export const takeable = (bill: CounterBill) => ['unpaid', 'overdue'].includes(bill.state)
const STANDING: Record<string, string> = { locked: '缴款人正在网上缴款，请稍后再查', paid: '已经缴过，请勿重复收款', cleared: '已经缴过，请勿重复收款', in_treasury: '已经缴过，请勿重复收款', void: '已作废，不能收款' }
export const standingTold = (bill: CounterBill) => STANDING[bill.state] ?? '现在不能收款'

export interface Taking { means: Means; received: string; voucher: string }
/** To give back, in fen; null while what was received is no amount, or too little. */
export function changeOf({ received }: Pick<Taking, 'received'>, due: number): number | null {
  const fen = fenOf(received)
  return fen === null || fen < due ? null : fen - due
}
export function takingWrong(taking: Taking, due: number): string {
  if (taking.means === 'pos') return /^[0-9A-Za-z-]{4,40}$/.test(taking.voucher.trim()) ? '' : '请填写刷卡小票上的凭证号，至少 4 位'
  if (fenOf(taking.received) === null) return '请填写收到的现金，最多两位小数'
  return changeOf(taking, due) === null ? `收到的现金不够，应收 ${yuan(due)}` : ''
}
