import { api, ok, type Schemas } from '../client/api.ts'

export type Draft = Schemas['Draft']
export type Material = Draft['materials'][number]
export type Wanted = Schemas['WindowDraftWanted']
export type Card = Pick<Schemas['Presence'], 'name' | 'id_number'>

const at = (draft_id: string) => ({ path: { draft_id } })
const on = (case_no: string) => ({ path: { case_no } })
/** A scan goes as it is; the address says for which paper. */
const scanned = (file: File) => ({ body: file as never, bodySerializer: (b: unknown) => b as never, headers: { 'Content-Type': file.type } })
const named = (file: File) => ({ name: file.name.slice(0, 100) })

export const open = (body: Wanted) => ok(api.POST('/staff/v1/window/drafts', { body }))
export const read = (id: string) => ok(api.GET('/staff/v1/window/drafts/{draft_id}', { params: at(id) }))
export const save = (d: Draft, data: Record<string, unknown>) => ok(api.PUT('/staff/v1/window/drafts/{draft_id}', { params: at(d.id), headers: { 'If-Match': `"${d.version}"` }, body: { data } }))
export const scan = (id: string, code: string, file: File) => ok(api.PUT('/staff/v1/window/drafts/{draft_id}/materials/{code}', { params: { path: { draft_id: id, code }, query: named(file) }, ...scanned(file) }))
export const askForLicence = (id: string, code: string, token: string) => ok(api.POST('/staff/v1/window/drafts/{draft_id}/materials/{code}/licence', { params: { path: { draft_id: id, code } }, body: { token } }))
/** The key belongs to the draft: a second press hands in nothing twice. */
export const file = (draft_id: string) => ok(api.POST('/staff/v1/window/cases', { params: { header: { 'Idempotency-Key': `window-${draft_id}` } }, body: { draft_id } }))

export const notePresence = (no: string, card: Card) => ok(api.POST('/staff/v1/window/cases/{case_no}/presence', { params: on(no), body: { ...card, consent: true } }))
export const replace = (no: string, code: string, paper: File) => ok(api.PUT('/staff/v1/window/cases/{case_no}/materials/{code}', { params: { path: { case_no: no, code }, query: named(paper) }, ...scanned(paper) }))
export const correct = (no: string, version: number, data: Record<string, unknown>, note: string) => ok(api.POST('/staff/v1/window/cases/{case_no}/corrections', { params: on(no), headers: { 'If-Match': `"${version}"` }, body: { data, note } }))
export const deliver = (no: string, version: number, id_number: string, agent: string) => ok(api.POST('/staff/v1/cases/{case_no}/deliver', { params: on(no), headers: { 'If-Match': `"${version}"` }, body: { id_number, agent } }))
