import { api, ok, type Schemas } from '../client/api.ts'

export type Seal = Schemas['SealView']
export type SealStep = Schemas['SealStepView']
export type StepName = Schemas['SealStepWanted']['step']
export type Leave = Schemas['SealLeaveView']
export type LeaveWanted = Schemas['SealLeaveWanted']
export type Use = Schemas['SealUseView']
export type Authority = Schemas['SealAuthorityView']
export type Algorithm = Schemas['SealAuthorityAsked']['algorithm']

const at = (seal_id: string) => ({ path: { seal_id } })
const of = (authority_id: string) => ({ path: { authority_id } })

export const seals = async () => (await ok(api.GET('/staff/v1/seals'))).items
export const seal = (id: string) => ok(api.GET('/staff/v1/seals/{seal_id}', { params: at(id) }))
export const apply = (body: Schemas['SealApplied']) => ok(api.POST('/staff/v1/seals', { body }))
export const print = (id: string) => ok(api.GET('/staff/v1/seals/{seal_id}/picture', { params: at(id), parseAs: 'blob' })) as Promise<unknown> as Promise<Blob>
export const history = async (id: string) => (await ok(api.GET('/staff/v1/seals/{seal_id}/steps', { params: at(id) }))).items
export const take = (id: string, body: Schemas['SealStepWanted']) => ok(api.POST('/staff/v1/seals/{seal_id}/steps', { params: at(id), body }))
export const leaves = async (id: string) => (await ok(api.GET('/staff/v1/seals/{seal_id}/leaves', { params: at(id) }))).items
export const give = async (id: string, body: LeaveWanted) => (await ok(api.POST('/staff/v1/seals/{seal_id}/leaves', { params: at(id), body }))).items
export const withdraw = (id: string, leave_id: string) => ok(api.DELETE('/staff/v1/seals/{seal_id}/leaves/{leave_id}', { params: { path: { seal_id: id, leave_id } } }))
export const uses = async (id: string) => (await ok(api.GET('/staff/v1/seals/{seal_id}/uses', { params: at(id) }))).items

export const authorities = async () => (await ok(api.GET('/staff/v1/seal-authorities'))).items
export const trust = (body: Schemas['SealAuthorityWanted']) => ok(api.POST('/staff/v1/seal-authorities', { body }))
export const stand = (one: Authority, trusted: boolean) => ok(api.PUT('/staff/v1/seal-authorities/{authority_id}/standing', { params: of(one.id), body: { trusted } }))
export const found = (algorithm: Algorithm) => ok(api.POST('/staff/v1/seal-authorities/own', { body: { algorithm } }))
export const request = (algorithm: Algorithm) => ok(api.POST('/staff/v1/seal-authorities/requests', { body: { algorithm } }))
export const sign = (body: Schemas['SealAuthorityToSign']) => ok(api.POST('/staff/v1/seal-authorities/signatures', { body }))
export const install = (id: string, body: Schemas['SealAuthorityInstalled']) => ok(api.PUT('/staff/v1/seal-authorities/{authority_id}/certificate', { params: of(id), body }))
