import { api, ok, seg, upload, type Schemas } from '@wanshi/client'

export type Me = Schemas['MeView']
export type Evidence = Schemas['EvidenceView']
export type Ways = Schemas['WaysView']
export type Way = Schemas['WayView']
export type Asked = Schemas['AskedView']
export type Certification = Schemas['CertificationView']
export type FaceCheck = Schemas['FaceCheckView']
export type VoiceCheck = Schemas['VoiceView']
export type VoicePurpose = Schemas['VoiceStart']['purpose']
export type Live = Schemas['LivenessView']
export type LiveStep = Schemas['LivenessStep']

export const me = () => ok(api.GET('/api/v1/me'))
export const accesses = (cursor?: string) => ok(api.GET('/api/v1/me/accesses', { params: { query: { cursor } } }))
export const ways = () => ok(api.GET('/api/v1/me/identity'))
export const recheck = () => ok(api.POST('/api/v1/me/identity/recheck'))
export const consent = (purpose: Schemas['ConsentGrant']['purpose'], text_version: string) =>
  ok(api.POST('/api/v1/me/consents', { body: { purpose, text_version } }))
export const withdraw = (purpose: string) => ok(api.DELETE('/api/v1/me/consents/{purpose}', { params: { path: { purpose } } }))

const certification = (certification_id: string) => ({ params: { path: { certification_id } } })
export const beginCertification = (means: string) => ok(api.POST('/api/v1/me/certifications', { body: { means } }))
export const readCertification = (id: string) => ok(api.GET('/api/v1/me/certifications/{certification_id}', certification(id)))
export const finishCertification = (id: string, given: Record<string, string> = {}) =>
  ok(api.POST('/api/v1/me/certifications/{certification_id}/finish', { ...certification(id), body: { given } }))

export const startFace = (consent_id: string, act_proof_id?: string) =>
  ok(api.POST('/api/v1/me/face-checks', { body: { consent_id, act_proof_id } }))
export const sendFaceCode = (check_id: string) =>
  ok(api.POST('/api/v1/me/face-checks/{check_id}/code', { params: { path: { check_id } } }))
export const sendPhoto = (id: string, photo: Blob, progress?: (r: number) => void) =>
  upload<FaceCheck>('PUT', `/me/face-checks/${seg(id)}/photo`, photo, { progress })
export const confirmFace = (check_id: string, code: string) =>
  ok(api.POST('/api/v1/me/face-checks/{check_id}/confirm', { params: { path: { check_id } }, body: { code } }))
export const startFilm = (check_id: string) =>
  ok(api.POST('/api/v1/me/face-checks/{check_id}/liveness', { params: { path: { check_id } } }))
export const sendFrame = (id: string, frame: { step: number; n: number; at: number; mac: string }, blob: Blob) =>
  upload<void>('PUT', `/me/liveness/${seg(id)}/frames?${new URLSearchParams(Object.entries(frame).map(([k, v]) => [k, String(v)]))}`, blob)
export const finishStep = (liveness_id: string, index: number) =>
  ok(api.POST('/api/v1/me/liveness/{liveness_id}/steps', { params: { path: { liveness_id } }, body: { index } }))

export const startVoice = (purpose: VoicePurpose, consent_id: string, about?: string) =>
  ok(api.POST('/api/v1/me/voice-checks', { body: { purpose, consent_id, ...(purpose === 'act' ? { act_proof_id: about } : { face_check_id: about }) } }))
export const sendRecording = (id: string, wav: Blob) => upload<VoiceCheck>('PUT', `/me/voice-checks/${seg(id)}/recording`, wav)
