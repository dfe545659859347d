import { api, ok, type Schemas } from '../client/api.ts'

export const signIn = (login: string, password: string) => ok(api.POST('/staff/v1/sessions', { body: { login, password } }))
export const signOut = () => ok(api.DELETE('/staff/v1/sessions/current'))

type Given = Record<string, unknown>
export type Passkey = Schemas['PasskeyView']
export type Device = Schemas['DeviceView']
export const proveAgain = (password: string) => ok(api.POST('/staff/v1/sessions/current/proof', { body: { password } }))
export const beginFactor = (pending: string) => ok(api.POST('/staff/v1/sessions/second-factor/passkey/challenges', { body: { pending } }))
export const proveFactor = (pending: string, challenge_id: string, credential: Given) => ok(api.POST('/staff/v1/sessions/second-factor/passkey', { body: { pending, challenge_id, credential } }))
export const proveTotp = (pending: string, code: string) => ok(api.POST('/staff/v1/sessions/second-factor/totp', { body: { pending, code } }))
export const beginEnrolment = (pending: string) => ok(api.POST('/staff/v1/sessions/second-factor/enrolment/passkey/challenges', { body: { pending } }))
export const enrolPasskey = (pending: string, challenge_id: string, credential: Given, name: string) =>
  ok(api.POST('/staff/v1/sessions/second-factor/enrolment/passkey', { body: { pending, challenge_id, credential, name } }))
export const beginTotp = (pending: string) => ok(api.POST('/staff/v1/sessions/second-factor/enrolment/totp/secrets', { body: { pending } }))
export const enrolTotp = (pending: string, code: string) => ok(api.POST('/staff/v1/sessions/second-factor/enrolment/totp', { body: { pending, code } }))
export const renewPassword = (pending: string, password: string) => ok(api.POST('/staff/v1/sessions/password', { body: { pending, password } }))

export const factors = () => ok(api.GET('/staff/v1/my/second-factors'))
export const beginPasskey = () => ok(api.POST('/staff/v1/my/passkeys/challenges'))
export const addPasskey = (challenge_id: string, credential: Given, name: string) => ok(api.POST('/staff/v1/my/passkeys', { body: { challenge_id, credential, name } }))
export const deletePasskey = (passkey_id: string) => ok(api.DELETE('/staff/v1/my/passkeys/{passkey_id}', { params: { path: { passkey_id } } }))
export const deleteTotp = () => ok(api.DELETE('/staff/v1/my/totp'))
export const devices = async () => (await ok(api.GET('/staff/v1/my/sessions'))).items
export const endDevice = (session_id: string) => ok(api.DELETE('/staff/v1/my/sessions/{session_id}', { params: { path: { session_id } } }))
export const endOtherDevices = () => ok(api.DELETE('/staff/v1/my/sessions', { params: { query: { which: 'others' } } }))

const on = (interaction_id: string) => ({ params: { path: { interaction_id } } })
export const interaction = (id: string) => ok(api.GET('/staff/v1/oauth/interactions/{interaction_id}', on(id)))
export const decide = (id: string, yes: boolean) =>
  ok(api.POST('/staff/v1/oauth/interactions/{interaction_id}/decision', { ...on(id), body: { decision: yes ? 'approve' : 'deny' } }))

export type LoginKind = Schemas['LockRelease']['kind']
/** Ends a lock; the answer never says whether there was one. */
export const releaseLock = (kind: LoginKind, login: string) => ok(api.POST('/staff/v1/lock-releases', { body: { kind, login } }))
export const forgetFactors = (staff_id: string) => ok(api.DELETE('/staff/v1/staff/{staff_id}/second-factors', { params: { path: { staff_id } } }))
