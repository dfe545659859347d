import { describe, expect, it } from 'vitest'
import { whyNot } from '@/pieces/licences/reasons'
import { assurance, billTone, channelName, groups, orderOutcome, payable, settled, shelves } from '@/pieces/payments/states'

describe('a payment', () => {
  it('counts as failed only when the order is over', () => {
    expect(['created', 'paying', 'unknown', 'whatever'].map(orderOutcome)).toEqual(Array(4).fill('waiting'))
    expect(orderOutcome('paid')).toBe('paid')
    expect(orderOutcome('closed')).toBe('failed')
  })
  it('is offered only for an unpaid bill', () => expect(['unpaid', 'paid', 'void'].map(payable)).toEqual([true, false, false]))
  it('given back in part or whole was paid all the same', () => {
    expect(['part_refunded', 'refunded', 'closing', ''].map(orderOutcome)).toEqual(['paid', 'paid', 'waiting', 'waiting'])
  })
})

describe('a bill', () => {
  const STATES = ['unpaid', 'overdue', 'locked', 'paid', 'cleared', 'in_treasury', 'void']
  it('is to be paid, settled or void, and never two of these', () => {
    expect(STATES.map(s => Number(payable(s)) + Number(settled(s)))).toEqual([1, 1, 1, 1, 1, 1, 0])
    expect(STATES.concat('new-one').map(billTone)).toEqual(['wait', 'bad', 'wait', 'good', 'good', 'good', 'plain', 'plain'])
  })
  it('that is overdue stands before the others to be paid, and none is lost', () => {
    const { open, over } = shelves([...STATES].reverse().map(state => ({ state })))
    expect(open.map(b => b.state)).toEqual(['overdue', 'locked', 'unpaid'])
    expect(over.map(b => b.state)).toEqual(['void', 'in_treasury', 'cleared', 'paid'])
  })
  it('promises a receipt only where one is still to come', () => {
    const said = (state: string, fee_class = 'treasury', receipt_no = '') => assurance({ state, fee_class, receipt_no })
    expect(said('unpaid')).toContain('缴费后会开')
    expect(said('paid')).toContain('正在开具')
    expect([said('paid', 'treasury', '3401'), said('unpaid', 'business')].some(s => s.includes('票据'))).toBe(false)
    expect(said('void')).toBe('这张缴款单已作废，不用再缴。')
  })
  it('has a code that is read in fours, however it came', () => {
    expect([groups('34160220260000000014'), groups('3416 0226 1121 0000 0612'), groups('123')]).toEqual(['3416 0220 2600 0000 0014', '3416 0226 1121 0000 0612', '123'])
    expect([channelName('wechat'), channelName('later-one')]).toEqual(['微信支付', '其他方式'])
  })
})

it('an expired code and an expired licence are told apart', () => {
  expect(whyNot('expired', false)).toContain('核验码')
  expect(whyNot('expired', true)).toContain('证照')
})
