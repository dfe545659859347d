import { api, ok, type Schemas } from '@wanshi/client'
import type { Recipient } from './progress'

export type Parcel = Schemas['ParcelView']
export type Papers = Schemas['OriginalsReply']
export type Postage = Schemas['PostageView']
export type Slot = Schemas['PickupSlotView']

const at = (parcel_id: string) => ({ params: { path: { parcel_id } } })
const seen = (parcel: Parcel) => ({ headers: { 'If-Match': `"${parcel.version}"` } })
export const all = () => ok(api.GET('/api/v1/parcels'))
export const one = (id: string) => ok(api.GET('/api/v1/parcels/{parcel_id}', at(id)))
export const reschedule = (parcel: Parcel, start: string) => ok(api.POST('/api/v1/parcels/{parcel_id}/slot', { ...at(parcel.id), ...seen(parcel), body: { start } }))
export const cancel = (parcel: Parcel) => ok(api.POST('/api/v1/parcels/{parcel_id}/cancellation', { ...at(parcel.id), ...seen(parcel) }))
export const agree = (parcel: Parcel) => ok(api.POST('/api/v1/parcels/{parcel_id}/custody', { ...at(parcel.id), body: { digest: parcel.contents_digest } }))

/** Papers that a case waits for, and the courier who can fetch them. */
const of = (case_no: string) => ({ params: { path: { case_no } } })
export const papers = (no: string) => ok(api.GET('/api/v1/cases/{case_no}/originals', of(no)))
export const postage = (no: string) => ok(api.GET('/api/v1/cases/{case_no}/postage', of(no)))
export const slots = async (no: string, address: string) => (await ok(api.POST('/api/v1/cases/{case_no}/originals/slots', { ...of(no), body: { address } }))).items
export const book = (no: string, sender: Recipient, start: string, digest: string) =>
  ok(api.POST('/api/v1/cases/{case_no}/originals/pick-up', { ...of(no), body: { sender, start, digest } }))
