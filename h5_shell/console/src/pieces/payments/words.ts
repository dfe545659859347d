import type { Bill, BillState, FeeItem, FeeItemWanted, Refund, RefundState } from '#console/api/payments.ts'
import { amount, fenOf, yuan } from '#console/shell/format.ts'

type States<K extends string> = readonly (readonly [key: K, name: string])[]
type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'info'
const toneIn = (tones: Record<string, Tone>) => (state: string): Tone => tones[state] ?? 'plain'
const keyIn = <K extends string>(states: States<K>) => (said: unknown): K | '' => states.find(([key]) => key === said)?.[0] ?? ''

export const BILL_STATES: States<BillState> = [['', '全部'], ['unpaid', '待缴'], ['overdue', '已逾期'], ['locked', '缴款中'], ['paid', '已缴'], ['cleared', '已清分'], ['in_treasury', '已入库'], ['void', '已作废']]
export const billState = keyIn(BILL_STATES)
export const billTone = toneIn({ unpaid: 'wait', overdue: 'bad', locked: 'info', paid: 'good', cleared: 'good', in_treasury: 'good' })
/** Nobody pays it just now, and nobody has. */
export const voidable = (bill: Bill) => ['unpaid', 'overdue'].includes(bill.state)
export const restOf = (bill: Bill) => bill.amount_fen - bill.refunded_fen
export const refundable = (bill: Bill) => ['paid', 'cleared', 'in_treasury'].includes(bill.state) && restOf(bill) > 0

export const REFUND_STATES: States<RefundState> = [['', '全部'], ['asked', '待复核'], ['under_way', '处理中'], ['abnormal', '退款异常'], ['success', '已退款'], ['rejected', '退款被拒'], ['turned_down', '未同意']]
export const refundState = keyIn(REFUND_STATES)
export const refundTone = toneIn({ asked: 'wait', new: 'info', sent: 'info', processing: 'info', success: 'good', abnormal: 'bad', rejected: 'bad', closed: 'bad' })
const me = (who: string, officer: string) => who === `staff:${officer}`
/** Four eyes: whoever asked is not the one who agrees. */
export const decidable = (refund: Refund, officer: string) => refund.state === 'asked' && !me(refund.asked_by, officer)
export const own = (refund: Refund, officer: string) => me(refund.asked_by, officer)
export function whoName(who: string, officer: string, auto = false): string {
  if (auto) return '系统（重复缴款自动退回）'
  return who ? (me(who, officer) ? '本人' : '同事') : '—'
}
/** Wrong in the box of a refund's amount; nothing where it can be asked for. */
export function refundWrong(text: string, rest: number): string {
  const fen = fenOf(text)
  if (!fen) return '请填写金额，最多两位小数'
  return fen > rest ? `最多可退 ${yuan(rest)}` : ''
}

const CHANNELS: Record<string, string> = { wechat: '微信支付', alipay: '支付宝', nontax: '财政非税缴款', unionpay: '银联', wechat_nontax: '微信非税缴费', counter: '窗口', finance: '财政清分' }
export const channelName = (channel: string) => CHANNELS[channel] ?? channel
const CLASSES: Record<string, string> = { treasury: '缴入财政', business: '经营性收费' }
export const className = (kind: string) => CLASSES[kind] ?? kind

/** What a day of lateness adds to a charge, as its payer is told (行政处罚法第七十二条 for fines). */
export function latenessTold(item: Pick<FeeItem, 'is_fine' | 'late_per_mille'>): string {
  if (!item.late_per_mille) return '逾期不加收'
  return item.is_fine ? `每日加处罚款 ${item.late_per_mille}‰` : `每日加收滞纳金 ${item.late_per_mille}‰`
}
/** The same with a figure, so that a wrong thousandth is seen: 100 yuan, three days late. */
export const lateExample = (perMille: number) => `例：应缴 100.00 元，逾期 3 天加收 ${amount(Math.min(10_000, perMille * 30))} 元；最多加收到与应缴金额相等。`

export interface FeeForm { agency: string; code: string; name: string; fee_class: 'treasury' | 'business'; basis: string; most: string; from: string; to: string; perMille: number; fine: boolean }
export const FINE_PER_MILLE = 30
export const feeForm = (item: FeeItem | null, agency: string, today: string): FeeForm => ({
  agency: item?.agency_code ?? agency, code: item?.code ?? '', name: item?.name ?? '', fee_class: item?.fee_class ?? 'treasury', basis: item?.basis ?? '',
  most: item?.most_fen ? amount(item.most_fen).replaceAll(',', '') : '', from: item?.valid_from ?? today, to: item?.valid_to ?? '', perMille: item?.late_per_mille ?? 0, fine: item?.is_fine ?? false,
})
export const feeWanted = (form: FeeForm): FeeItemWanted => ({
  name: form.name.trim(), fee_class: form.fee_class, basis: form.basis.trim(), valid_from: form.from, valid_to: form.to || null,
  most_fen: form.most.trim() ? fenOf(form.most) : null, late_per_mille: form.perMille, is_fine: form.fine,
})
export const agencyWrong = (code: string) => /^[0-9A-Z]{18}$/.test(code) ? '' : '请填写 18 位统一社会信用代码'
export const feeWrongs = (form: FeeForm) => ({
  agency: agencyWrong(form.agency),
  code: /^[0-9A-Za-z]{1,20}$/.test(form.code) ? '' : '项目编码为 1 至 20 位数字或字母',
  name: form.name.trim() ? '' : '请填写项目名称',
  basis: form.basis.trim() ? '' : '请写明收费依据的文件',
  most: !form.most.trim() || fenOf(form.most) ? '' : '请填写大于 0 的金额，最多两位小数；没有上限则留空',
  from: form.from ? '' : '请选择起始日期',
  to: form.to && form.to < form.from ? '截止日期不能早于起始日期' : '',
})
