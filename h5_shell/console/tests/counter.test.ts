import { describe, expect, it } from 'vitest'
import type { CounterBill } from '../src/api/payments.ts'
import { changeOf, codeOf, codeWrong, standingTold, takeable, takingWrong, type Taking } from '../src/pieces/payments/counter.ts'
import { homeFor } from '../src/shell/menu.ts'

const bill = (state: string): CounterBill => ({ bill_no: 'B1', pay_code: '1', title: '工本费', agency_name: '局', amount_fen: 2005, state, version: 1 })
const taking = (more: Partial<Taking> = {}): Taking => ({ means: 'cash', received: '', voucher: '', ...more })

describe('the counter of a hall', () => {
  it('reads a code as scanned and as written in groups', () => {
    expect(codeOf(' 3416 0012 3456-7890 1234\n')).toBe('34160012345678901234')
    expect(['34160012345678901234', '3416 0012 3456 7890 1234'].map(codeWrong)).toEqual(['', ''])
    expect(['', '3416', '341600123456789012345', '３４１６００１２３４５６７８９０１２３４', '3416001234567890123x'].every(t => codeWrong(t) !== '')).toBe(true)
  })
  it('reckons change to the fen, and none from too little', () => {
    expect(['20.05', '50', '100.00', '20.04', '', '二十'].map(received => changeOf({ received }, 2005))).toEqual([0, 2995, 7995, null, null, null])
  })
  it('refuses cash that is short and a card without its slip', () => {
    expect([takingWrong(taking({ received: '20.05' }), 2005), takingWrong(taking({ means: 'pos', voucher: '000123' }), 2005)]).toEqual(['', ''])
    expect(takingWrong(taking({ received: '20' }), 2005)).toContain('20.05 元')
    expect(takingWrong(taking({ means: 'pos', received: '20.05' }), 2005)).toContain('凭证号')
  })
  it('takes money for open bills only, and says what the others are', () => {
    const states = ['unpaid', 'overdue', 'locked', 'paid', 'cleared', 'in_treasury', 'void']
    expect(states.filter(state => takeable(bill(state)))).toEqual(['unpaid', 'overdue'])
    expect(standingTold(bill('paid'))).toContain('请勿重复收款')
    expect(standingTold(bill('void'))).toContain('作废')
  })
  it('is where a cashier begins', () => {
    expect(homeFor(['cashier'])).toBe('/cashier')
  })
})
