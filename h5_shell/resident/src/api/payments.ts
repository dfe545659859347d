import { api, ok } from '@wanshi/client'

export interface Way { channel: string, product: string, name: string }
type Channel = 'wechat' | 'alipay' | 'unionpay' | 'wechat_nontax' | 'nontax'
type Product = 'mini' | 'h5' | 'native' | 'app' | 'page'

/** What people pay with: a phone goes on to the channel's page, a desktop shows its code. */
export const client = () => (matchMedia('(pointer: coarse)').matches || innerWidth < 720 ? 'phone' : 'desktop')
export const bills = () => ok(api.GET('/api/v1/bills'))
export const bill = (bill_no: string) => ok(api.GET('/api/v1/bills/{bill_no}', { params: { path: { bill_no } } }))
export const ways = (bill_no: string) => ok(api.GET('/api/v1/bills/{bill_no}/ways', { params: { path: { bill_no }, query: { client: client() } } }))
export type Bill = Awaited<ReturnType<typeof bill>>
export const order = (bill_no: string, way: Way, key: string) => ok(api.POST('/api/v1/bills/{bill_no}/orders', {
  params: { path: { bill_no }, header: { 'Idempotency-Key': key } }, body: { channel: way.channel as Channel, product: way.product as Product },
}))
export const orderState = (order_no: string) => ok(api.GET('/api/v1/orders/{order_no}', { params: { path: { order_no } } }))
/** The electronic receipt as a file; nothing while the finance department is still at it. */
export async function receipt(bill_no: string): Promise<Blob | null> {
  const { data, response, error } = await api.GET('/api/v1/bills/{bill_no}/receipt', { params: { path: { bill_no } }, parseAs: 'blob' })
  if (response.status === 404) return null
  if (!data) throw error
  return data as Blob
}
