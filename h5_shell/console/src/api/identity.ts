import { api, ok, type Schemas } from '../client/api.ts'

export type Card = Schemas['WindowCheck']
export type Raised = Schemas['auth__identity__schemas__WindowView']
export type AssistedStart = Schemas['AssistedStart']
export type Assisted = Schemas['AssistedView']
export type Waiting = Schemas['WaitingView']
export type Level = Schemas['LevelView']
export type VideoCall = Schemas['CallView']
export type Review = Schemas['ReviewView']
export type ReviewState = Review['state']
export type Family = Schemas['FamilyView']
export type Means = Schemas['MeansView']

const match = (version: number) => ({ 'If-Match': `"${version}"` })

export const verifyAtWindow = (body: Card) => ok(api.POST('/staff/v1/identity/window-verifications', { body }))
export const beginAssisted = (body: AssistedStart) => ok(api.POST('/staff/v1/assisted-registrations', { body }))
export const raiseOrganisation = (credit_code: string, seen: string) => ok(api.POST('/staff/v1/organisations/raise', { body: { credit_code, seen } }))
export const waiting = (cursor?: string) => ok(api.GET('/staff/v1/registrations', { params: { query: { cursor } } }))
export const activate = (request_id: string, body: Card) =>
  ok(api.POST('/staff/v1/registrations/{request_id}/activate', { params: { path: { request_id } }, body }))

const call = (session_id: string) => ({ params: { path: { session_id } } })
export const calls = () => ok(api.GET('/staff/v1/identity/video-sessions'))
export const readCall = (id: string) => ok(api.GET('/staff/v1/identity/video-sessions/{session_id}', call(id)))
export const claimCall = (id: string) => ok(api.POST('/staff/v1/identity/video-sessions/{session_id}/claim', call(id)))
export const confirmCall = (id: string, reason: string) => ok(api.POST('/staff/v1/identity/video-sessions/{session_id}/confirm', { ...call(id), body: { reason } }))
export const refuseCall = (id: string, reason: string) => ok(api.POST('/staff/v1/identity/video-sessions/{session_id}/refuse', { ...call(id), body: { reason } }))
export const portrait = (id: string) =>
  ok(api.GET('/staff/v1/identity/video-sessions/{session_id}/portrait', { ...call(id), parseAs: 'blob' })) as Promise<unknown> as Promise<Blob>
export const keepRecording = (id: string, file: Blob) =>
  ok(api.PUT('/staff/v1/identity/video-sessions/{session_id}/recording', {
    ...call(id), body: file as never, bodySerializer: body => body as never, headers: { 'Content-Type': file.type || 'application/octet-stream' },
  }))

const review = (r: Review) => ({ params: { path: { review_id: r.id } }, headers: match(r.version) })
export const reviews = (state: ReviewState, cursor?: string) => ok(api.GET('/staff/v1/identity/reviews', { params: { query: { state, cursor } } }))
export const propose = (r: Review, outcome: 'dismiss' | 'revoke', reason: string) =>
  ok(api.POST('/staff/v1/identity/reviews/{review_id}/propose', { ...review(r), body: { outcome, reason } }))
export const decide = (r: Review, agree: boolean) => ok(api.POST('/staff/v1/identity/reviews/{review_id}/decide', { ...review(r), body: { agree } }))

export const means = () => ok(api.GET('/staff/v1/identity/means'))
export const changeMeans = (m: Means, body: Schemas['MeansChange']) =>
  ok(api.PUT('/staff/v1/identity/means/{code}', { params: { path: { code: m.code } }, headers: match(m.version), body }))
