import { api, ok, seg, upload } from '@wanshi/client'
import type { PageElement } from '@/form/page'
import type { JsonSchema, UiSchema } from '@/form/schema'

/** The document can only say “an object” of a JSON Schema and of a page; here they get their shape. */
type WithForm<T> = Omit<T, 'schema' | 'ui_schema' | 'layout'> & { schema: JsonSchema; ui_schema: UiSchema; layout?: PageElement }
async function shaped<T>(answer: Promise<T>): Promise<WithForm<T>> {
  return await answer as WithForm<T>
}

export type Draft = Awaited<ReturnType<typeof draft>>
export type DraftLine = Awaited<ReturnType<typeof drafts>>['items'][number]
export type DraftMaterial = Draft['materials'][number]
export type StoredFile = NonNullable<DraftMaterial['file']>
export type CaseCard = Awaited<ReturnType<typeof list>>['items'][number]
export type CaseFull = Awaited<ReturnType<typeof one>>
export type Application = Awaited<ReturnType<typeof application>>
export type CaseAction = CaseFull['can'][number]
export type Progress = (ratio: number) => void

const match = (version: number) => ({ 'If-Match': `"${version}"` })
const draftPath = (draft_id: string) => ({ path: { draft_id } })
const casePath = (case_no: string) => ({ path: { case_no } })
const materialPath = (draft_id: string, code: string) => ({ path: { draft_id, code } })

export const createDraft = (item_code: string) => shaped(ok(api.POST('/api/v1/cases/drafts', { body: { item_code } })))
export const drafts = (item_code?: string) => ok(api.GET('/api/v1/drafts', { params: { query: { item_code } } }))
export const draft = (id: string) => shaped(ok(api.GET('/api/v1/drafts/{draft_id}', { params: draftPath(id) })))
export const saveDraft = (id: string, data: Record<string, unknown>, version: number) =>
  shaped(ok(api.PUT('/api/v1/drafts/{draft_id}', { params: draftPath(id), body: { data }, headers: match(version) })))
export const dropDraft = (id: string) => ok(api.DELETE('/api/v1/drafts/{draft_id}', { params: draftPath(id) }))

/** The first file replaces what was there; each further one (`more`) is put behind it. */
export const putMaterial = (id: string, code: string, file: Blob, name: string, more: boolean, progress?: Progress) =>
  upload<Draft>(more ? 'POST' : 'PUT', `/drafts/${seg(id)}/materials/${seg(code)}${more ? '/files' : ''}?name=${seg(name)}`, file, { progress })
export const dropMaterial = (id: string, code: string) => shaped(ok(api.DELETE('/api/v1/drafts/{draft_id}/materials/{code}', { params: materialPath(id, code) })))
export const dropFile = (draft_id: string, code: string, file_id: string) =>
  shaped(ok(api.DELETE('/api/v1/drafts/{draft_id}/materials/{code}/files/{file_id}', { params: { path: { draft_id, code, file_id } } })))
export const commit = (id: string, code: string, sha256: string) =>
  shaped(ok(api.PUT('/api/v1/drafts/{draft_id}/materials/{code}/commitment', { params: materialPath(id, code), body: { agreed: true, sha256 } })))
export const answerLicence = (id: string, code: string, number: string, agreed: boolean) =>
  shaped(ok(api.PUT('/api/v1/cases/drafts/{draft_id}/materials/{code}/licence', { params: materialPath(id, code), body: { agreed, number } })))

export const submit = (draft_id: string, key: string, act_proof?: string) =>
  ok(api.POST('/api/v1/cases', { params: { header: { 'Idempotency-Key': key } }, body: { draft_id, act_proof } }))
export const list = (cursor?: string) => ok(api.GET('/api/v1/cases', { params: { query: { cursor } } }))
export const one = (no: string) => ok(api.GET('/api/v1/cases/{case_no}', { params: casePath(no) }))
export const application = (no: string) => shaped(ok(api.GET('/api/v1/cases/{case_no}/application', { params: casePath(no) })))
/** `what`: answer a correction notice, or hand in again what the pre-review gave back. */
export const correct = (no: string, what: 'corrections' | 'resubmit', data: Record<string, unknown>, note: string, version: number, act_proof?: string) =>
  ok(api.POST(`/api/v1/cases/{case_no}/${what}`, { params: casePath(no), body: { data, note, act_proof }, headers: match(version) }))
export const putCaseMaterial = (no: string, code: string, file: Blob, name: string, more: boolean, progress?: Progress) =>
  upload<Application>('PUT', `/cases/${seg(no)}/materials/${seg(code)}?name=${seg(name)}${more ? '&more=true' : ''}`, file, { progress })
export const withdraw = (no: string, version: number) =>
  ok(api.POST('/api/v1/cases/{case_no}/withdraw', { params: casePath(no), headers: match(version) }))
