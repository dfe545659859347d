import { api, ok, type Schemas } from '../client/api.ts'

export type System = Schemas['app_server__exchange__schemas__SystemView']
export type Delivery = Schemas['DeliveryView']
export type Inbound = Schemas['InboundView']

const at = (system_id: string) => ({ params: { path: { system_id } } })
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (s: System) => ({ ...at(s.id), headers: { 'If-Match': `"${s.version}"` } })
export const systems = async () => (await ok(api.GET('/staff/v1/exchange/systems'))).items
export const deliveries = async (id: string) => (await ok(api.GET('/staff/v1/exchange/systems/{system_id}/deliveries', at(id)))).items
export const reports = async (id: string) => (await ok(api.GET('/staff/v1/exchange/systems/{system_id}/reports', at(id)))).items
export const pause = (s: System, reason: string) => ok(api.POST('/staff/v1/exchange/systems/{system_id}/pause', { ...seen(s), body: { reason } }))
export const resume = (s: System, reason: string) => ok(api.POST('/staff/v1/exchange/systems/{system_id}/resume', { ...seen(s), body: { reason } }))
export const resend = (system_id: string, delivery_id: string) => ok(api.POST('/staff/v1/exchange/systems/{system_id}/deliveries/{delivery_id}/resend', { params: { path: { system_id, delivery_id } } }))
