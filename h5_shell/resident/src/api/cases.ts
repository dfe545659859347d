import { api, ok, seg, upload } from '@wanshi/client'
import type { JsonSchema, UiSchema } from '@/form/schema'

/** The document can only say “an object” of a JSON Schema; here it gets its shape. */
type WithForm<T> = Omit<T, 'schema' | 'ui_schema'> & { schema: JsonSchema; ui_schema: UiSchema }
async function shaped<T>(answer: Promise<T>): Promise<WithForm<T>> {
  return await answer as WithForm<T>
}

export type Draft = Awaited<ReturnType<typeof draft>>
export type DraftMaterial = Draft['materials'][number]
export type StoredFile = NonNullable<DraftMaterial['file']>
export type CaseCard = Awaited<ReturnType<typeof list>>['items'][number]
export type CaseFull = Awaited<ReturnType<typeof one>>
export type Application = Awaited<ReturnType<typeof application>>
export type CaseAction = CaseFull['can'][number]

const match = (version: number) => ({ 'If-Match': `"${version}"` })
const draftPath = (draft_id: string) => ({ path: { draft_id } })
const casePath = (case_no: string) => ({ path: { case_no } })

export const createDraft = (item_code: string) => shaped(ok(api.POST('/api/v1/cases/drafts', { body: { item_code } })))
export const draft = (id: string) => shaped(ok(api.GET('/api/v1/drafts/{draft_id}', { params: draftPath(id) })))
export const saveDraft = (id: string, data: Record<string, unknown>, version: number) =>
  shaped(ok(api.PUT('/api/v1/drafts/{draft_id}', { params: draftPath(id), body: { data }, headers: match(version) })))
export const putMaterial = (id: string, code: string, file: Blob, name: string, progress?: (r: number) => void) =>
  upload<Draft>('PUT', `/drafts/${seg(id)}/materials/${seg(code)}?name=${seg(name)}`, file, { progress })
export const dropMaterial = (draft_id: string, code: string) =>
  shaped(ok(api.DELETE('/api/v1/drafts/{draft_id}/materials/{code}', { params: { path: { draft_id, code } } })))

export const submit = (draft_id: string, key: string, act_proof?: string) =>
  ok(api.POST('/api/v1/cases', { params: { header: { 'Idempotency-Key': key } }, body: { draft_id, act_proof } }))
export const list = (cursor?: string) => ok(api.GET('/api/v1/cases', { params: { query: { cursor } } }))
export const one = (no: string) => ok(api.GET('/api/v1/cases/{case_no}', { params: casePath(no) }))
export const application = (no: string) => shaped(ok(api.GET('/api/v1/cases/{case_no}/application', { params: casePath(no) })))
export const correct = (no: string, data: Record<string, unknown>, note: string, version: number, act_proof?: string) =>
  ok(api.POST('/api/v1/cases/{case_no}/corrections', { params: casePath(no), body: { data, note, act_proof }, headers: match(version) }))
export const putCaseMaterial = (no: string, code: string, file: Blob, name: string, progress?: (r: number) => void) =>
  upload<Application>('PUT', `/cases/${seg(no)}/materials/${seg(code)}?name=${seg(name)}`, file, { progress })
export const withdraw = (no: string, version: number) =>
  ok(api.POST('/api/v1/cases/{case_no}/withdraw', { params: casePath(no), headers: match(version) }))
