import { api, ok, type Schemas } from '@wanshi/client'

export type Message = Schemas['MessageView']

export const messages = (cursor?: string) => ok(api.GET('/api/v1/me/messages', { params: { query: { cursor } } }))
export const markRead = (message_id: string) =>
  ok(api.POST('/api/v1/me/messages/{message_id}/read', { params: { path: { message_id } } }))
