import { afterEach, describe, expect, it, vi } from 'vitest'
import * as payments from '../src/api/payments.ts'
import type { Bill, Day, Difference, FeeItem, Refund } from '../src/api/payments.ts'
import { effectOf, hindrance, inOrder, kindsOf, netOf, proofOf, resolutionName, standing, standName, summary, unproving, waysFor } from '../src/pieces/payments/proof.ts'
import { agencyWrong, billState, decidable, feeForm, feeWanted, feeWrongs, lateExample, latenessTold, own, refundable, refundWrong, voidable, whoName } from '../src/pieces/payments/words.ts'
import { amount, fenOf, yuan } from '../src/shell/format.ts'
import { homeFor, menuFor } from '../src/shell/menu.ts'

const bill = (more: Partial<Bill> = {}): Bill => ({ id: 'b', bill_no: 'B1', pay_code: '1', title: '工本费', amount_fen: 2000, refunded_fen: 0, state: 'paid', state_name: '已缴', agency_code: '1', agency_name: '局', due_on: null, fee_class: 'treasury', channel: 'nontax', created_at: '', paid_at: null, version: 3, ...more })
const day = (more: Partial<Day> = {}): Day => ({ id: 'd', channel: 'nontax', fee_class: 'treasury', merchant: 'M', day: '2026-11-20', state: 'balanced', rows: 3, trade_fen: 5000, refund_fen: 700, fee_fen: 0, booked_fen: 4300, adjusted_fen: 0, unproved_fen: 0, differences: 0, matched_at: '', version: 1, ...more })
const difference = (more: Partial<Difference> = {}): Difference => ({ id: 'x', batch_id: 'd', kind: 'AMOUNT', kind_name: '金额不一致', subject: 'trade', number: '1', ours_fen: 2000, theirs_fen: 2001, ours_state: '', theirs_state: '', state: 'open', state_name: '待处理', resolution: '', evidence: '', resolved_at: null, version: 1, ...more })
const refund = (more: Partial<Refund> = {}): Refund => ({ id: 'r', out_refund_no: 'r', bill_no: 'B1', amount_fen: 1, state: 'asked', state_name: '待复核', reason: '', auto: false, asked_by: 'staff:cai', decided_by: '', refused_why: '', created_at: '', refunded_at: null, version: 1, ...more })

describe('money in words', () => {
  it('writes every fen, and never rounds one away', () => {
    expect([0, 1, 99, 100, 2005, 100_000, 123_456_789].map(amount)).toEqual(['0.00', '0.01', '0.99', '1.00', '20.05', '1,000.00', '1,234,567.89'])
    expect([-1, -100, -123_456].map(amount)).toEqual(['-0.01', '-1.00', '-1,234.56'])
    expect(amount(9_007_199_254_740_991)).toBe('90,071,992,547,409.91')
    expect(yuan(1005)).toBe('10.05 元')
  })
  it('reads only plain yuan with two decimals', () => {
    expect(['20', '5.5', ' 5.05 ', '0.29', '1.15'].map(fenOf)).toEqual([2000, 550, 505, 29, 115])
    expect(['', '-1', '1e2', '1.005', '１０', '1,000', '.5', '5.', '0x10', 'NaN', '123456789012'].map(fenOf)).toEqual(Array(11).fill(null))
  })
  it('reads back what it wrote', () => {
    for (let fen = 0; fen < 30_000; fen += 7) expect(fenOf(amount(fen).replaceAll(',', ''))).toBe(fen)
  })
})

describe('bills and refunds', () => {
  it('offers what the state allows and nothing else', () => {
    const states = ['unpaid', 'overdue', 'locked', 'paid', 'cleared', 'in_treasury', 'void']
    expect(states.filter(state => voidable(bill({ state })))).toEqual(['unpaid', 'overdue'])
    expect(states.filter(state => refundable(bill({ state })))).toEqual(['paid', 'cleared', 'in_treasury'])
    expect(refundable(bill({ refunded_fen: 2000 }))).toBe(false)
    expect([billState('paid'), billState('<script>'), billState(['paid'])]).toEqual(['paid', '', ''])
  })
  it('refuses more than is left, nothing, and what is no amount', () => {
    expect(refundWrong('20.00', 2000)).toBe('')
    expect(refundWrong('20.01', 2000)).toContain('20.00 元')
    expect(['0', '0.00', '-5', '5.005', '', '五元'].map(t => refundWrong(t, 2000)).every(Boolean)).toBe(true)
  })
  it('lets another person decide, never whoever asked, and only once', () => {
    expect([decidable(refund(), 'cai'), decidable(refund(), 'jin'), decidable(refund({ state: 'success' }), 'jin')]).toEqual([false, true, false])
    expect([own(refund(), 'cai'), own(refund(), 'jin')]).toEqual([true, false])
    expect([whoName('staff:cai', 'cai'), whoName('staff:cai', 'jin'), whoName('', 'jin'), whoName('', 'jin', true)]).toEqual(['本人', '同事', '—', '系统（重复缴款自动退回）'])
  })
})

describe('the list of fees', () => {
  const item: FeeItem = { agency_code: '11341602MBDM00020N', code: '103050101', name: '罚款', fee_class: 'treasury', basis: '法', valid_from: '2020-01-01', valid_to: null, most_fen: 123_450, late_per_mille: 30, is_fine: true, version: 4 }
  it('gives back what it was given', () => {
    const { agency_code, code, version } = item
    expect({ ...feeWanted(feeForm(item, '', '2026-11-23')), agency_code, code, version }).toEqual(item)
    expect(feeWrongs(feeForm(item, '', ''))).toEqual({ agency: '', code: '', name: '', basis: '', most: '', from: '', to: '' })
  })
  it('finds what is missing or out of order', () => {
    const wrong = feeWrongs({ ...feeForm(null, '', ''), most: '0', from: '2026-02-01', to: '2026-01-31' })
    expect(Object.entries(wrong).filter(([, said]) => said).map(([key]) => key)).toEqual(['agency', 'code', 'name', 'basis', 'most', 'to'])
    expect(agencyWrong('11341602mbdm00020n')).not.toBe('')
    expect(feeWrongs({ ...feeForm(item, '', ''), code: '../1' }).code).not.toBe('')
  })
  it('tells lateness with a figure that never exceeds the charge', () => {
    expect([latenessTold(item), latenessTold({ is_fine: false, late_per_mille: 5 }), latenessTold({})]).toEqual(['每日加处罚款 30‰', '每日加收滞纳金 5‰', '逾期不加收'])
    expect(lateExample(30)).toContain('加收 9.00 元')
    expect(lateExample(100)).toContain('加收 30.00 元')
  })
})

describe('a day and its proof', () => {
  it('adds up to what is not proved', () => {
    const found = day({ booked_fen: 4000, adjusted_fen: 100, unproved_fen: 200 })
    const [last, ...before] = proofOf(found).reverse()
    expect(before.reduce((sum, line) => sum + line.fen, 0)).toBe(last!.fen)
    expect(netOf(found)).toBe(4300)
  })
  it('says why it cannot be closed, and nothing when it can', () => {
    expect(hindrance(day())).toBe('')
    expect(hindrance(day({ differences: 2 }))).toContain('2 条差异')
    expect(hindrance(day({ unproved_fen: -1 }))).toContain('-0.01 元')
    expect(hindrance(day({ state: 'waiting' }))).toContain('还没有到')
  })
  it('does not show a day as ready whose sums differ', () => {
    expect([standing(day()).name, standing(day({ unproved_fen: 1 })).tone, standing(day({ state: 'closed' })).tone, standing(day({ state: 'differs' })).tone]).toEqual(['待日结', 'bad', 'good', 'bad'])
    expect(summary([day(), day({ state: 'waiting', unproved_fen: 5 }), day({ state: 'differs', differences: 3, unproved_fen: 9 }), day({ state: 'closed' })])).toEqual({ waiting: 1, open: 3, unproved: 1, ready: 1 })
  })
  it('puts the newest day first whatever order it came in', () => {
    const found = [day({ day: '2026-11-19' }), day({ day: '2026-11-21', channel: 'wechat' }), day({ day: '2026-11-21', channel: 'alipay' })]
    expect(inOrder(found).map(d => `${d.day} ${d.channel}`)).toEqual(['2026-11-21 alipay', '2026-11-21 wechat', '2026-11-19 nontax'])
  })
  it('moves the books to what the channel says, a refund the other way round', () => {
    expect(effectOf(difference())).toBe(1)
    expect(effectOf(difference({ subject: 'refund' }))).toBe(-1)
    expect(effectOf(difference({ kind: 'DUPLICATE_LINE', ours_fen: 2000, theirs_fen: 2000 }))).toBe(2000)
    expect(effectOf(difference({ kind: 'CHANNEL_MISSING', theirs_fen: null }))).toBe(-2000)
  })
  it('offers only ways that the server takes', () => {
    expect(waysFor(difference())).toEqual(['book', 'explain'])
    expect(waysFor(difference({ theirs_fen: null }))).toEqual(['unbook', 'explain'])
    expect([resolutionName('auto'), resolutionName('book'), standName('SUCCESS'), standName('TRADE_X')]).toEqual(['按对账单自动更正', '按渠道入挂账', '成功', 'TRADE_X'])
  })
  it('warns before an explanation that leaves the day unproved for ever', () => {
    expect(unproving(difference(), 'explain')).toBe(true)
    expect([unproving(difference(), 'book'), unproving(difference({ theirs_fen: null }), 'explain'), unproving(difference({ kind: 'STATE', theirs_fen: 2000 }), 'explain')]).toEqual([false, false, false])
  })
  it('counts differences by kind, the most first', () => {
    expect(kindsOf([difference(), difference({ kind: 'STATE', kind_name: '状态' }), difference({ kind: 'STATE', kind_name: '状态' })]).map(k => [k.kind, k.count])).toEqual([['STATE', 2], ['AMOUNT', 1]])
  })
})

describe('what goes over the wire', () => {
  afterEach(() => { vi.unstubAllGlobals() })
  function server(items: unknown[]) {
    const asked: Request[] = []
    vi.stubGlobal('fetch', async (request: Request) => { asked.push(request); return new Response(JSON.stringify({ items }), { headers: { 'Content-Type': 'application/json' } }) })
    return asked
  }
  it('goes on after the last row of a full page, and ends with a short one', async () => {
    const full = Array.from({ length: 50 }, (_, n) => bill({ id: `id-${n}` }))
    const asked = server(full)
    expect((await payments.bills('paid', 'id-9')).next).toBe('id-49')
    expect(new URL(asked[0]!.url).search).toBe('?state=paid&after=id-9')
    server(full.slice(1))
    expect((await payments.bills('')).next).toBeNull()
  })
  it('names the version it saw, and none for what is new', async () => {
    const asked = server([])
    const body = feeWanted(feeForm(null, '', '2026-01-01'))
    await payments.voidBill(bill(), '重复开单')
    await payments.closeDay(day({ version: 7 }))
    await payments.putFeeItem({ agency_code: 'A', code: '1' }, body, null)
    expect(asked.map(r => r.headers.get('If-Match'))).toEqual(['"3"', '"7"', null])
  })
  it('sends a wish for a refund under the key it was given', async () => {
    const asked = server([])
    await payments.askRefund({ bill_no: 'B1', amount_fen: 550, reason: '重复缴款' }, 'key-1')
    expect(asked[0]!.headers.get('Idempotency-Key')).toBe('key-1')
    expect(await asked[0]!.json()).toEqual({ bill_no: 'B1', amount_fen: 550, reason: '重复缴款' })
  })
})

it('finance people begin at the bills, and nobody else sees them', () => {
  expect([homeFor(['finance']), homeFor(['treasurer']), homeFor(['case_officer'])]).toEqual(['/payments', '/payments', '/cases'])
  expect(menuFor(['case_officer', 'system_admin', 'supervisor']).map(e => e.to)).not.toContain('/payments')
})
