import { api, ok, type Schemas } from '../client/api.ts'

export type Delivery = Schemas['NoticeDeliveryView']
export type DeliveryPage = Schemas['DeliveryPage']
export type Carrier = Schemas['CarrierView']
export interface Looked { state: string; channel: string; provider: string; template: string }

export const deliveries = (looked: Looked, cursor?: string) => ok(api.GET('/staff/v1/notify/deliveries', { params: { query: { ...looked, cursor } } }))
/** The server takes a hundred at once. */
export const MOST = 100
export const replay = (ids: string[]) => ok(api.POST('/staff/v1/notify/deliveries/replay', { body: { ids } }))
export const carriers = async () => (await ok(api.GET('/staff/v1/notify/carriers'))).items
