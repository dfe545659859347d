import { describe, expect, it } from 'vitest'
import { whyNot } from '@/pieces/licences/reasons'
import { orderOutcome, payable } from '@/pieces/payments/states'

describe('a payment', () => {
  it('counts as failed only when the order is over', () => {
    expect(['created', 'paying', 'unknown', 'whatever'].map(orderOutcome)).toEqual(Array(4).fill('waiting'))
    expect(orderOutcome('paid')).toBe('paid')
    expect(orderOutcome('closed')).toBe('failed')
  })
  it('is offered only for an unpaid bill', () => expect(['unpaid', 'paid', 'void'].map(payable)).toEqual([true, false, false]))
})

it('an expired code and an expired licence are told apart', () => {
  expect(whyNot('expired', false)).toContain('核验码')
  expect(whyNot('expired', true)).toContain('证照')
})
