import type { Day, Difference, Resolution } from '#console/api/payments.ts'
import { yuan } from '#console/shell/format.ts'

type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'info'
const DAYS: Record<string, { tone: Tone; name: string }> = {
  waiting: { tone: 'wait', name: '等待对账单' }, differs: { tone: 'bad', name: '有差异' }, balanced: { tone: 'info', name: '待日结' }, closed: { tone: 'good', name: '已日结' },
}
/** Without differences a day may still not add up; it says so instead of waiting to be closed. */
export const standing = (day: Day) => day.state === 'balanced' && day.unproved_fen ? { tone: 'bad' as const, name: '合计不平' } : DAYS[day.state] ?? { tone: 'plain' as const, name: day.state }
export const netOf = (day: Day) => day.trade_fen - day.refund_fen

/** The sum a day stands or falls by, line by line; the last one has to be nothing. */
export const proofOf = (day: Day) => [
  { name: '渠道对账单收款', fen: day.trade_fen }, { name: '渠道对账单退款', fen: -day.refund_fen },
  { name: '账簿已记', fen: -day.booked_fen }, { name: '差异调账', fen: -day.adjusted_fen }, { name: '未平金额', fen: day.unproved_fen },
]
/** Why a day cannot be closed yet; nothing where it can. */
export function hindrance(day: Day): string {
  if (day.state === 'waiting') return '渠道对账单还没有到，上午十点以后才能取到前一天的。'
  if (day.differences) return `还有 ${day.differences} 条差异没有处理。`
  return day.unproved_fen ? `合计相差 ${yuan(day.unproved_fen)}，查清以前不能日结。` : ''
}

/** Newest day first, then account by account: the server's own order is that of its numbers. */
export const inOrder = (days: Day[]) => [...days].sort((a, b) => b.day.localeCompare(a.day) || a.channel.localeCompare(b.channel) || a.merchant.localeCompare(b.merchant))
export const summary = (days: Day[]) => ({
  waiting: days.filter(d => d.state === 'waiting').length, open: days.reduce((sum, d) => sum + d.differences, 0),
  unproved: days.filter(d => d.state !== 'waiting' && d.unproved_fen !== 0).length, ready: days.filter(d => d.state === 'balanced' && !d.unproved_fen).length,
})

/** Both sides' words for how a payment or refund stands; the channel's own where it has others. */
const STANDS: Record<string, string> = {
  new: '未发出', sent: '已发出', waiting: '等待付款', success: '成功', duplicate: '重复缴款', closed: '已关闭', closed_final: '已关闭', rejected: '被拒绝',
  processing: '处理中', abnormal: '异常', asked: '待复核', refund: '已退款', paid: '已支付', refunded: '已退款',
}
export const standName = (said: string) => STANDS[said.toLowerCase()] ?? said
export const differenceTone = (d: Difference): Tone => d.state === 'open' ? 'bad' : d.state === 'waiting' ? 'wait' : 'good'
/** What the books would move by, so that they say what the channel says. */
export function effectOf(d: Difference): number {
  const ours = ['DUPLICATE_LINE', 'UNKNOWN_MERCHANT'].includes(d.kind) ? 0 : d.ours_fen ?? 0
  const moved = (d.theirs_fen ?? 0) - ours
  return d.subject === 'trade' ? moved : -moved
}
/** What the channel's file has and the books do not stays between them where it is only explained. */
export const unproving = (d: Difference, way: Resolution) => way === 'explain' && d.theirs_fen !== null && effectOf(d) !== 0
export const RESOLUTIONS: Record<Resolution, { name: string; note: string }> = {
  book: { name: '按渠道入挂账', note: '以渠道为准：把差额记入挂账，账簿跟着渠道走。' },
  unbook: { name: '冲回我方入账', note: '渠道没有这笔：把我方多记的冲回挂账。' },
  explain: { name: '已核实，不调账', note: '两边都不用改：写明核实的情况即可。' },
}
/** What fits: what the channel has can be booked, what it has not can be taken back. */
export const waysFor = (d: Difference): Resolution[] => [d.theirs_fen === null ? 'unbook' : 'book', 'explain']
export const resolutionName = (key: string) => key === 'auto' ? '按对账单自动更正' : RESOLUTIONS[key as Resolution]?.name ?? key

/** How many of each kind, the most first. */
export function kindsOf(found: Difference[]): { kind: string; name: string; count: number }[] {
  const kinds = new Map<string, { kind: string; name: string; count: number }>()
  for (const d of found) kinds.set(d.kind, { kind: d.kind, name: d.kind_name, count: (kinds.get(d.kind)?.count ?? 0) + 1 })
  return [...kinds.values()].sort((a, b) => b.count - a.count)
}
