import { api, ok, type Schemas } from '@wanshi/client'

export type Code = Schemas['CodeView']
export type MoveRequest = Schemas['RequestView']
export type Answer = Schemas['AnswerTold']['answer']
export type Reason = Schemas['MoveWanted']['reason']
const by = (code_id: string) => ({ params: { path: { code_id } } })
const of = (token: string) => ({ params: { path: { token } } })

export const codes = () => ok(api.GET('/api/v1/move-car/codes'))
export const register = (plate: string, key: string) => ok(api.POST('/api/v1/move-car/codes', { params: { header: { 'Idempotency-Key': key } }, body: { plate } }))
export const reissue = (id: string) => ok(api.POST('/api/v1/move-car/codes/{code_id}/reissue', by(id)))
export const stop = (id: string) => ok(api.DELETE('/api/v1/move-car/codes/{code_id}', by(id)))
export const mail = (id: string, address: string) => ok(api.POST('/api/v1/move-car/codes/{code_id}/mail', { ...by(id), body: { address } }))
/** The sticker as a file: a picture to look at, or a page to print. */
export async function sticker(code_id: string, form: 'png' | 'pdf', size: 'square' | 'a6' = 'square'): Promise<Blob> {
  const { data, error } = await api.GET('/api/v1/move-car/codes/{code_id}/sticker', { params: { path: { code_id }, query: { form, size } }, parseAs: 'blob' })
  if (!data) throw error
  return data as Blob
}

export const scan = (token: string) => ok(api.GET('/api/v1/move-car/scans/{token}', of(token)))
export const sendCode = (token: string, phone: string) => ok(api.POST('/api/v1/move-car/scans/{token}/codes', { ...of(token), body: { phone } }))
export const ask = (token: string, body: Schemas['MoveWanted']) => ok(api.POST('/api/v1/move-car/scans/{token}/requests', { ...of(token), body }))
const at = (key: string) => ({ params: { path: { key } } })
export const asked = (key: string) => ok(api.GET('/api/v1/move-car/requests/{key}', at(key)))
export const moved = (key: string) => ok(api.POST('/api/v1/move-car/requests/{key}/moved', at(key)))

export const linked = (key: string) => ok(api.GET('/api/v1/move-car/answers/{key}', at(key)))
export const answerLinked = (key: string, answer: Answer) => ok(api.POST('/api/v1/move-car/answers/{key}', { ...at(key), body: { answer } }))
export const requests = () => ok(api.GET('/api/v1/move-car/requests'))
const mine = (request_id: string) => ({ params: { path: { request_id } } })
export const answer = (id: string, told: Answer) => ok(api.POST('/api/v1/move-car/my-requests/{request_id}/answer', { ...mine(id), body: { answer: told } }))
export const abuse = (id: string) => ok(api.POST('/api/v1/move-car/my-requests/{request_id}/abuse', mine(id)))
