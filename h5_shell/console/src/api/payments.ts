import { api, ok, type Schemas } from '../client/api.ts'

export type Bill = Schemas['AgencyBill']
export type FeeItem = Schemas['FeeItemView']
export type FeeItemWanted = Schemas['FeeItemWanted']
export type Refund = Schemas['RefundView']
export type Day = Schemas['ReconDayView']
export type Difference = Schemas['ReconDifferenceView']
export type Resolution = Schemas['ResolutionWanted']['resolution']
export type DifferenceState = '' | 'open' | 'waiting' | 'resolved'

export type BillState = '' | 'unpaid' | 'overdue' | 'locked' | 'paid' | 'cleared' | 'in_treasury' | 'void'
export type RefundState = '' | 'asked' | 'under_way' | 'abnormal' | 'success' | 'rejected' | 'turned_down'

/** The server's page: as many rows mean that there may be more. */
const PAGE = 50
const paged = <T extends { id: string }>(items: T[]) => ({ items, next: items.length < PAGE ? null : items.at(-1)?.id })
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (row: { version: number }) => ({ headers: { 'If-Match': `"${row.version}"` } })

export const feeItems = async (agency_code: string) => (await ok(api.GET('/staff/v1/fee-items', { params: { query: { agency_code } } }))).items
export const feeAgencies = async () => (await ok(api.GET('/staff/v1/fee-agencies'))).codes
/** A new item has no version; one that is there already is not overwritten without its own. */
export const putFeeItem = (path: { agency_code: string; code: string }, body: FeeItemWanted, was: FeeItem | null) =>
  ok(api.PUT('/staff/v1/fee-items/{agency_code}/{code}', { params: { path }, body, ...(was ? seen(was) : {}) }))

export const bills = async (state: BillState, after?: string) => paged((await ok(api.GET('/staff/v1/bills', { params: { query: { state, after } } }))).items)
export const voidBill = (bill: Bill, reason: string) => ok(api.POST('/staff/v1/bills/{bill_no}/void', { params: { path: { bill_no: bill.bill_no } }, ...seen(bill), body: { reason } }))

export const refunds = async (state: RefundState, after?: string) => paged((await ok(api.GET('/staff/v1/refunds', { params: { query: { state, after } } }))).items)
export const askRefund = (body: Schemas['RefundAsked'], key: string) => ok(api.POST('/staff/v1/refunds', { params: { header: { 'Idempotency-Key': key } }, body }))
export const decideRefund = (refund: Refund, agreed: boolean) =>
  ok(api.POST('/staff/v1/refunds/{out_refund_no}/decision', { params: { path: { out_refund_no: refund.out_refund_no } }, ...seen(refund), body: { agreed } }))

/** Whole days, seven a page: what follows lies before the last of them. */
const DAYS = 7
export async function days(day: string, before?: string) {
  const { items } = await ok(api.GET('/staff/v1/reconciliations', { params: { query: { day: day || undefined, before } } }))
  return { items, next: new Set(items.map(d => d.day)).size < DAYS ? null : items.at(-1)?.day }
}
export const differences = async ({ batch_id, state }: { batch_id: string; state: DifferenceState }, after?: string) =>
  paged((await ok(api.GET('/staff/v1/reconciliations/{batch_id}/differences', { params: { path: { batch_id }, query: { state, after } } }))).items)
export const resolve = (d: Difference, resolution: Resolution, evidence: string) =>
  ok(api.POST('/staff/v1/reconciliation-differences/{difference_id}/resolution', { params: { path: { difference_id: d.id } }, ...seen(d), body: { resolution, evidence } }))
export const closeDay = (d: Day) => ok(api.POST('/staff/v1/reconciliations/{batch_id}/close', { params: { path: { batch_id: d.id } }, ...seen(d) }))

export type CounterBill = Schemas['CounterBillView']
export type Means = Schemas['CounterPayment']['means']
export const counterBill = (pay_code: string) => ok(api.GET('/staff/v1/counter/bills/{pay_code}', { params: { path: { pay_code } } }))
/** The key says which taking it is: sent again after a lost answer, the money is booked once. */
export const takeAtCounter = (pay_code: string, body: Schemas['CounterPayment'], key: string) =>
  ok(api.POST('/staff/v1/counter/bills/{pay_code}/payment', { params: { path: { pay_code }, header: { 'Idempotency-Key': key } }, body }))

export type Order = Schemas['PayOrderView']
export type OrderStory = Schemas['PayOrderStory']
export const orders = async (number: string, after?: string) => paged((await ok(api.GET('/staff/v1/pay-orders', { params: { query: { number, after } } }))).items)
export const orderStory = (order_no: string) => ok(api.GET('/staff/v1/pay-orders/{order_no}', { params: { path: { order_no } } }))

export type LedgerDay = Schemas['LedgerDay']
export type LedgerEntry = Schemas['LedgerEntryView']
export type AgencyDay = Schemas['AgencyDayView']
export const ledger = (day: string) => ok(api.GET('/staff/v1/ledger', { params: { query: { day } } }))
export const ledgerEntries = async ({ account, day }: { account: string; day: string }, after?: string) =>
  paged((await ok(api.GET('/staff/v1/ledger/entries', { params: { query: { account, day, after } } }))).items)
export const agencyDay = async (day: string) => (await ok(api.GET('/staff/v1/reconciliation-agencies', { params: { query: { day } } }))).items

export type PaymentSystem = Schemas['PaymentSystemView']
export const systems = async () => (await ok(api.GET('/staff/v1/payment-systems'))).items
export const admitSystem = (body: Schemas['PaymentSystemWanted']) => ok(api.POST('/staff/v1/payment-systems', { body }))
export const endSystem = (one: PaymentSystem) => ok(api.POST('/staff/v1/payment-systems/{code}/end', { params: { path: { code: one.code } }, ...seen(one) }))
