import { api, ok } from '@wanshi/client'

export type Slot = Awaited<ReturnType<typeof slots>>[number]
export type Booking = Awaited<ReturnType<typeof bookings>>[number]

export const slots = async (item_code: string, day: string) => (await ok(api.GET('/api/v1/appointment-slots', { params: { query: { item_code, day } } }))).items
export const bookings = async () => (await ok(api.GET('/api/v1/appointments'))).items
export const book = (slot_id: string, key: string) => ok(api.POST('/api/v1/appointments', { params: { header: { 'Idempotency-Key': key } }, body: { slot_id } }))
export const cancel = (booking_id: string) => ok(api.POST('/api/v1/appointments/{booking_id}/cancel', { params: { path: { booking_id } } }))
export const move = (booking_id: string, slot_id: string) => ok(api.POST('/api/v1/appointments/{booking_id}/reschedule', { params: { path: { booking_id } }, body: { slot_id } }))
