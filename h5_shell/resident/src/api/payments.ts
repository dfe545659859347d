import { api, ok } from '@wanshi/client'

export const bills = () => ok(api.GET('/api/v1/bills'))
export const bill = (bill_no: string) => ok(api.GET('/api/v1/bills/{bill_no}', { params: { path: { bill_no } } }))
export const order = (bill_no: string, key: string) => ok(api.POST('/api/v1/bills/{bill_no}/orders', {
  params: { path: { bill_no }, header: { 'Idempotency-Key': key } }, body: { channel: 'nontax' },
}))
export const orderState = (order_no: string) => ok(api.GET('/api/v1/orders/{order_no}', { params: { path: { order_no } } }))
