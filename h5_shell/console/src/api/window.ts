import { api, ok, type Schemas } from '../client/api.ts'

export type Draft = Schemas['Draft']
export type Material = Draft['materials'][number]
export type Wanted = Schemas['WindowDraftWanted']
export type Present = Schemas['CaseView'] & Schemas['Application']
export type Card = Pick<Schemas['Presence'], 'name' | 'id_number'>

const at = (draft_id: string) => ({ path: { draft_id } })
const on = (case_no: string) => ({ path: { case_no } })
/** A scan goes as it is; the address says for which paper. */
const scanned = (file: File) => ({ body: file as never, bodySerializer: (b: unknown) => b as never, headers: { 'Content-Type': file.type } })
/** `more`: a further page of the same paper, not another in its place. */
const named = (file: File, more: boolean) => ({ name: file.name.slice(0, 100), more })

export const open = (body: Wanted) => ok(api.POST('/staff/v1/window/drafts', { body }))
export const read = (id: string) => ok(api.GET('/staff/v1/window/drafts/{draft_id}', { params: at(id) }))
export const save = (d: Draft, data: Record<string, unknown>) => ok(api.PUT('/staff/v1/window/drafts/{draft_id}', { params: at(d.id), headers: { 'If-Match': `"${d.version}"` }, body: { data } }))
export const scan = (id: string, code: string, file: File, more = false) => ok(api.PUT('/staff/v1/window/drafts/{draft_id}/materials/{code}', { params: { path: { draft_id: id, code }, query: named(file, more) }, ...scanned(file) }))
export const askForLicence = (id: string, code: string, token: string) => ok(api.POST('/staff/v1/window/drafts/{draft_id}/materials/{code}/licence', { params: { path: { draft_id: id, code } }, body: { token } }))
/** The key belongs to the draft: a second press hands in nothing twice. */
export const file = (draft_id: string) => ok(api.POST('/staff/v1/window/cases', { params: { header: { 'Idempotency-Key': `window-${draft_id}` } }, body: { draft_id } }))

/** What whoever stands here handed in, and what was asked of them; open for half an hour after their presence. */
export async function present(no: string): Promise<Present> {
  const [found, filled] = await Promise.all([
    ok(api.GET('/staff/v1/window/cases/{case_no}', { params: on(no) })), ok(api.GET('/staff/v1/window/cases/{case_no}/application', { params: on(no) })),
  ])
  return { ...filled, ...found }
}
export const notePresence = (no: string, card: Card) => ok(api.POST('/staff/v1/window/cases/{case_no}/presence', { params: on(no), body: { ...card, consent: true } }))
export const replace = (no: string, code: string, paper: File, more = false) => ok(api.PUT('/staff/v1/window/cases/{case_no}/materials/{code}', { params: { path: { case_no: no, code }, query: named(paper, more) }, ...scanned(paper) }))
export const correct = (no: string, version: number, data: Record<string, unknown>, note: string) => ok(api.POST('/staff/v1/window/cases/{case_no}/corrections', { params: on(no), headers: { 'If-Match': `"${version}"` }, body: { data, note } }))
export const deliver = (no: string, version: number, id_number: string, agent: string) => ok(api.POST('/staff/v1/cases/{case_no}/deliver', { params: on(no), headers: { 'If-Match': `"${version}"` }, body: { id_number, agent } }))

export type Theme = Schemas['ThemeLine']
export type ThemeQuestions = Schemas['ThemeQuestions']
export type Plan = Schemas['PlanView']
export type Bundle = Schemas['BundleReply']
export type Address = Schemas['PostalAddress']
export type Answers = Record<string, string | number | string[]>
interface Asked { region: string; version: number; project_code: string; answers: Answers }
const theme = (code: string) => ({ params: { path: { code } } })
const one = (bundle_no: string) => ({ path: { bundle_no } })
const seen = (b: Bundle) => ({ params: one(b.bundle_no), headers: { 'If-Match': `"${b.version}"` } })
export const themes = async (region: string) => (await ok(api.GET('/staff/v1/window/themes', { params: { query: { region } } }))).items
export const readTheme = (code: string) => ok(api.GET('/staff/v1/window/themes/{code}', theme(code)))
export const plan = (code: string, body: Asked) => ok(api.POST('/staff/v1/window/themes/{code}/plan', { ...theme(code), body }))
export const openBundle = (code: string, body: Asked & Card & { mode: 'present' | 'agent' }) => ok(api.POST('/staff/v1/window/themes/{code}/bundles', { ...theme(code), body: { ...body, consent: true } }))
export const readBundle = (no: string) => ok(api.GET('/staff/v1/window/bundles/{bundle_no}', { params: one(no) }))
export const saveBundle = (b: Bundle, data: Record<string, unknown>) => ok(api.PUT('/staff/v1/window/bundles/{bundle_no}', { ...seen(b), body: { data } }))
export const scanBundle = (no: string, key: string, file: File, more = false) => ok(api.PUT('/staff/v1/window/bundles/{bundle_no}/materials/{key}', { params: { path: { bundle_no: no, key }, query: named(file, more) }, ...scanned(file) }))
export const fileBundle = (b: Bundle, address: Address | null) => ok(api.POST('/staff/v1/window/bundles/{bundle_no}/filing', { ...seen(b), body: { agreed: true, address } }))
