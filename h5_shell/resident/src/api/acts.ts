import { api, ok, type ActAsked, type Schemas } from '@wanshi/client'

/** Tier 3: one act, one proof (R-ID-14). */
export type Act = Schemas['ActView']
export type Method = Schemas['MethodShape']

const on = (proof_id: string) => ({ params: { path: { proof_id } } })
export const open = ({ act, about, digest }: ActAsked) => ok(api.POST('/api/v1/me/act-proofs', { body: { act, about, digest } }))
export const read = (id: string) => ok(api.GET('/api/v1/me/act-proofs/{proof_id}', on(id)))
export const prove = (id: string, method: string, given: Record<string, string> = {}) =>
  ok(api.POST('/api/v1/me/act-proofs/{proof_id}/prove', { ...on(id), body: { method, given } }))
export const askForOfficer = (id: string) => ok(api.POST('/api/v1/me/act-proofs/{proof_id}/video', on(id)))
export const leaveQueue = (id: string) => ok(api.DELETE('/api/v1/me/act-proofs/{proof_id}/video', on(id)))
