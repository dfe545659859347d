import { api, ok, type Schemas } from '../client/api.ts'

export type System = Schemas['app_server__exchange__schemas__SystemView']
export type Delivery = Schemas['DeliveryView']
export type Inbound = Schemas['InboundView']
export type Batch = Schemas['BatchListed']
export type Entry = Schemas['EntryView']
export type CityDay = Schemas['CityDayView']

const at = (system_id: string) => ({ params: { path: { system_id } } })
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (s: System) => ({ ...at(s.id), headers: { 'If-Match': `"${s.version}"` } })
export const systems = async () => (await ok(api.GET('/staff/v1/exchange/systems'))).items
export const deliveries = async (id: string) => (await ok(api.GET('/staff/v1/exchange/systems/{system_id}/deliveries', at(id)))).items
export const reports = async (id: string) => (await ok(api.GET('/staff/v1/exchange/systems/{system_id}/reports', at(id)))).items
export const pause = (s: System, reason: string) => ok(api.POST('/staff/v1/exchange/systems/{system_id}/pause', { ...seen(s), body: { reason } }))
export const resume = (s: System, reason: string) => ok(api.POST('/staff/v1/exchange/systems/{system_id}/resume', { ...seen(s), body: { reason } }))
export const resend = (system_id: string, delivery_id: string) => ok(api.POST('/staff/v1/exchange/systems/{system_id}/deliveries/{delivery_id}/resend', { params: { path: { system_id, delivery_id } } }))
export const batches = async (id: string) => (await ok(api.GET('/staff/v1/exchange/systems/{system_id}/batches', at(id)))).items

/** What happened in a system nobody is connected to (补录). */
export const enter = (case_no: string, body: Schemas['EntryAsked']) => ok(api.POST('/staff/v1/exchange/cases/{case_no}/entries', { params: { path: { case_no } }, body }))
export const entries = (late: boolean, cursor?: string) => ok(api.GET('/staff/v1/exchange/entries', { params: { query: { late, cursor } } }))
export const setLimit = (item_code: string, days: number) => ok(api.PUT('/staff/v1/exchange/entry-limits/{item_code}', { params: { path: { item_code } }, body: { days } }))

export const cityDays = async (first: string, last: string) => (await ok(api.GET('/staff/v1/exchange/cities', { params: { query: { first, last } } }))).items
export const checkCity = (city: string, day: string) => ok(api.POST('/staff/v1/exchange/cities/{city}/check', { params: { path: { city } }, body: { day } }))
