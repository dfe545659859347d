import { describe, expect, it } from 'vitest'
import type { LedgerDay, OrderStory } from '#console/api/payments.ts'
import { accountName, attemptName, events, proven } from '#console/pieces/payments/story.ts'

const attempt = (told: object) => ({ out_trade_no: 'A1', channel: 'wechat', product: 'h5', state: 'success', abandoned: false, created_at: '2026-11-23T08:00:00Z', ...told })
const story = { attempts: [attempt({}), attempt({ out_trade_no: 'A2', channel: 'alipay', state: 'duplicate', created_at: '2026-11-23T08:00:20Z' })],
  facts: [{ out_trade_no: 'A1', source: 'notify', verdict: 'applied', at: '2026-11-23T08:00:30Z' }, { out_trade_no: 'A1', source: 'query', verdict: 'mismatch', at: '2026-11-23T08:00:10Z' }] } as unknown as OrderStory

describe('the story of an order', () => {
  it('tells tries and words of the channels in the order in which they came', () => {
    expect(events(story).map(e => [e.title, e.note])).toEqual([['转到微信支付', '支付成功'], ['渠道查询', '金额或商户不符，未采信'], ['转到支付宝', '重复支付'], ['渠道通知', '已记账']])
  })
  it('marks what nobody believed and what was paid twice', () => {
    expect(events(story).map(e => e.grave)).toEqual([false, true, true, false])
  })
  it('shows a state it does not know as it is', () => {
    expect(attemptName('odd')).toBe('odd')
  })
})

describe('the ledger', () => {
  it('names accounts by whose money it is', () => {
    expect(['channel:wechat/1900', 'agency:treasury/1134', 'suspense:duplicate', 'other'].map(accountName)).toEqual(['微信支付 · 商户 1900', '缴入财政 · 执收单位 1134', '重复缴款待退', 'other'])
  })
  it('is proven only when both the day and all accounts sum to nothing', () => {
    const day = (sum_fen: number, debit_fen: number) => ({ sum_fen, accounts: [{ debit_fen, credit_fen: 0 }, { debit_fen: 0, credit_fen: 100 }] }) as unknown as LedgerDay
    expect([proven(day(0, 100)), proven(day(5, 100)), proven(day(0, 99))]).toEqual([true, false, false])
  })
})
