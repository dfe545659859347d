import { api, ok, type Schemas } from '@wanshi/client'

export type Message = Schemas['MessageView']

export const messages = (cursor?: string) => ok(api.GET('/api/v1/me/messages', { params: { query: { cursor } } }))
export const markRead = (message_id: string) =>
  ok(api.POST('/api/v1/me/messages/{message_id}/read', { params: { path: { message_id } } }))

export type Preference = Schemas['PreferenceShape']
export type Outside = Preference['off'][number]
export const preference = () => ok(api.GET('/api/v1/me/notices/preferences'))
export const prefer = (body: Preference) => ok(api.PUT('/api/v1/me/notices/preferences', { body }))
export const pushKey = async () => (await ok(api.GET('/api/v1/me/devices/push/key'))).public_key
export const addDevice = (body: Schemas['PushAsked']) => ok(api.POST('/api/v1/me/devices/push', { body }))
export const dropDevice = (endpoint: string) => ok(api.DELETE('/api/v1/me/devices/push', { body: { endpoint } }))
