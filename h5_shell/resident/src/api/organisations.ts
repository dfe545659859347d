import { api, ok, type Schemas } from '@wanshi/client'

export type Organisation = Schemas['OrganisationView']
export type OrganisationEntry = Schemas['OrganisationEntry']
export type Delegation = Schemas['DelegationView']
export type DelegationEntry = Schemas['DelegationEntry']

const on = (organisation_id: string) => ({ params: { path: { organisation_id } } })
export const list = async () => (await ok(api.GET('/api/v1/organisations'))).items
export const register = (body: OrganisationEntry) => ok(api.POST('/api/v1/organisations', { body }))
export const confirm = (id: string) => ok(api.POST('/api/v1/organisations/{organisation_id}/confirm', on(id)))
export const delegations = async (id: string) => (await ok(api.GET('/api/v1/organisations/{organisation_id}/delegations', on(id)))).items
export const grant = (id: string, body: DelegationEntry) => ok(api.POST('/api/v1/organisations/{organisation_id}/delegations', { ...on(id), body }))
export const revoke = (organisation_id: string, delegation_id: string) =>
  ok(api.DELETE('/api/v1/organisations/{organisation_id}/delegations/{delegation_id}', { params: { path: { organisation_id, delegation_id } } }))
export const byTaxAccount = (id: string, account: string, password: string) =>
  ok(api.POST('/api/v1/organisations/{organisation_id}/tax-account', { ...on(id), body: { account, password } }))
export const openChallenge = (id: string) => ok(api.POST('/api/v1/organisations/{organisation_id}/certificate-challenges', on(id)))
export const byCertificate = (id: string, challenge_id: string, chain: string, signature: string) =>
  ok(api.POST('/api/v1/organisations/{organisation_id}/certificate', { ...on(id), body: { challenge_id, chain, signature } }))
