import type { LedgerDay, OrderStory } from '#console/api/payments.ts'
import { channelName, className } from './words.ts'

const SOURCES: Record<string, string> = { create: '下单', query: '查询', notify: '通知', close: '关单', bill: '对账单', refund: '退款', counter: '窗口' }
const VERDICTS: Record<string, string> = { applied: '已记账', known: '已知', stale: '晚到，不改变结果', mismatch: '金额或商户不符，未采信', unknown_order: '无此订单，未采信' }
const ATTEMPTS: Record<string, string> = { new: '未发出', sent: '已发出', waiting: '等待付款', success: '支付成功', duplicate: '重复支付', closed: '已关闭', closed_final: '已关闭', rejected: '渠道拒绝' }
const said = (words: Record<string, string>) => (key: string) => words[key] ?? key
export const attemptName = said(ATTEMPTS)

/** What happened to an order, oldest first: each try at a channel, and each word of a channel. */
export function events({ attempts, facts }: OrderStory): { at: string; title: string; note: string; number: string; grave: boolean }[] {
  const tries = attempts.map(a => ({ at: a.created_at, title: `转到${channelName(a.channel)}`, note: attemptName(a.state) + (a.abandoned ? '，已改用其他方式' : ''), number: a.out_trade_no, grave: a.state === 'duplicate' }))
  const words = facts.map(f => ({ at: f.at, title: `渠道${said(SOURCES)(f.source)}`, note: said(VERDICTS)(f.verdict), number: f.out_trade_no, grave: !['applied', 'known', 'stale'].includes(f.verdict) }))
  return [...tries, ...words].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** An account of the ledger in words: whose money it is, and where it lies. */
export function accountName(account: string): string {
  const [kind, rest = ''] = account.split(/:(.*)/s)
  const [head, tail = ''] = rest.split('/')
  if (kind === 'channel') return `${channelName(head ?? '')} · 商户 ${tail}`
  if (kind === 'agency') return `${className(head ?? '')} · 执收单位 ${tail}`
  if (account === 'suspense:duplicate') return '重复缴款待退'
  return account
}
/** Debits and credits of the day are the same sum, and all accounts together are nothing. */
export function proven(day: LedgerDay): boolean {
  const moved = day.accounts.reduce((sum, a) => sum + a.debit_fen - a.credit_fen, 0)
  return day.sum_fen === 0 && moved === 0
}
