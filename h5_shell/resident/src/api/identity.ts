import { api, ok, seg, upload, type Schemas } from '@wanshi/client'

export type Me = Schemas['MeView']
export type FaceCheck = Schemas['FaceCheckView']

export const me = () => ok(api.GET('/api/v1/me'))
export const accesses = (cursor?: string) => ok(api.GET('/api/v1/me/accesses', { params: { query: { cursor } } }))
export const consent = (purpose: Schemas['ConsentGrant']['purpose'], text_version: string) =>
  ok(api.POST('/api/v1/me/consents', { body: { purpose, text_version } }))
export const startFace = (consent_id: string) => ok(api.POST('/api/v1/me/face-checks', { body: { consent_id } }))
export const sendFaceCode = (check_id: string) =>
  ok(api.POST('/api/v1/me/face-checks/{check_id}/code', { params: { path: { check_id } } }))
export const sendPhoto = (id: string, photo: Blob, progress?: (r: number) => void) =>
  upload<FaceCheck>('PUT', `/me/face-checks/${seg(id)}/photo`, photo, { progress })
export const confirmFace = (check_id: string, code: string) =>
  ok(api.POST('/api/v1/me/face-checks/{check_id}/confirm', { params: { path: { check_id } }, body: { code } }))
