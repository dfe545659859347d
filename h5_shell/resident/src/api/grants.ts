import { api, ok, type Schemas } from '@wanshi/client'

export type SignUp = Schemas['SignUp']
export type Interaction = Schemas['InteractionView']
export type RegistrationState = Schemas['RegistrationState']['state']

export const askSignUpCode = (phone: string) => ok(api.POST('/api/v1/sign-up/codes', { body: { phone } }))
export const signUp = (body: SignUp) => ok(api.POST('/api/v1/sign-up', { body }))
export const signIn = (login: string, password: string) => ok(api.POST('/api/v1/sessions', { body: { login, password } }))
export const signOut = () => ok(api.DELETE('/api/v1/sessions/current'))

export type Device = Schemas['DeviceView']
export type Passkey = Schemas['PasskeyView']
export type Channel = Schemas['ChannelView']
export const devices = async () => (await ok(api.GET('/api/v1/me/sessions'))).items
export const endDevice = (session_id: string) => ok(api.DELETE('/api/v1/me/sessions/{session_id}', { params: { path: { session_id } } }))
export const endOtherDevices = () => ok(api.DELETE('/api/v1/me/sessions', { params: { query: { which: 'others' } } }))
export const channels = async () => (await ok(api.GET('/api/v1/me/channels'))).items
export const unbindChannel = (binding_id: string) => ok(api.DELETE('/api/v1/me/channels/{binding_id}', { params: { path: { binding_id } } }))
export const changePassword = (old_password: string, new_password: string) => ok(api.PUT('/api/v1/me/password', { body: { old_password, new_password } }))
export const askResetCode = (phone: string) => ok(api.POST('/api/v1/password-resets/codes', { body: { phone } }))
export const resetPassword = (body: Schemas['PasswordReset']) => ok(api.POST('/api/v1/password-resets', { body }))

const key = (passkey_id: string) => ({ params: { path: { passkey_id } } })
export const passkeys = async () => (await ok(api.GET('/api/v1/me/passkeys'))).items
export const beginPasskey = () => ok(api.POST('/api/v1/me/passkeys/challenges'))
export const addPasskey = (challenge_id: string, credential: Record<string, unknown>, name: string) => ok(api.POST('/api/v1/me/passkeys', { body: { challenge_id, credential, name } }))
export const renamePasskey = (id: string, name: string) => ok(api.PATCH('/api/v1/me/passkeys/{passkey_id}', { ...key(id), body: { name } }))
export const deletePasskey = (id: string) => ok(api.DELETE('/api/v1/me/passkeys/{passkey_id}', key(id)))
export const beginPasskeySignIn = () => ok(api.POST('/api/v1/sessions/passkey/challenges'))
export const signInByPasskey = (challenge_id: string, credential: Record<string, unknown>) => ok(api.POST('/api/v1/sessions/passkey', { body: { challenge_id, credential } }))

export const actFor = (organisation_id: string | null) => ok(api.PUT('/api/v1/me/acting', { body: { organisation_id } }))
export const proveAgain = (password: string) => ok(api.POST('/api/v1/sessions/current/proof', { body: { password } }))

const request = (request_id: string) => ({ params: { path: { request_id } } })
export const requestState = (id: string) => ok(api.GET('/api/v1/sign-up/requests/{request_id}', request(id)))
export const sendAssistedCode = (id: string) => ok(api.POST('/api/v1/sign-up/assisted/{request_id}/code', request(id)))
export const completeAssisted = (id: string, code: string, password: string, terms_version: string) =>
  ok(api.POST('/api/v1/sign-up/assisted/{request_id}', { ...request(id), body: { code, password, terms_version } }))

const on = (interaction_id: string) => ({ params: { path: { interaction_id } } })
export const interaction = (id: string) => ok(api.GET('/api/v1/oauth/interactions/{interaction_id}', on(id)))
export const decide = (id: string, yes: boolean, scopes?: string[]) =>
  ok(api.POST('/api/v1/oauth/interactions/{interaction_id}/decision', { ...on(id), body: { decision: yes ? 'approve' : 'deny', scopes } }))
