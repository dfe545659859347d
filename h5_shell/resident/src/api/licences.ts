import { api, ok, type Schemas } from '@wanshi/client'

export type Licence = Schemas['LicenceView']
export type ShowCode = Schemas['ShowCodeView']
export type Verification = Schemas['VerificationView']

const path = (licence_id: string) => ({ params: { path: { licence_id } } })

export const list = () => ok(api.GET('/api/v1/licences'))
export const one = (id: string) => ok(api.GET('/api/v1/licences/{licence_id}', path(id)))
export const showCode = (id: string) => ok(api.POST('/api/v1/licences/{licence_id}/codes', path(id)))
/** Uses the code up: a shown licence is good for one look. */
export const verify = (token: string) => ok(api.POST('/api/v1/licence-verifications', { body: { token } }))
