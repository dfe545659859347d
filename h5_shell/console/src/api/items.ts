import { api, ok, type Schemas } from '../client/api.ts'

export type Draft = Schemas['DraftShown']
export type DraftLine = Schemas['DraftLine']
export type Item = Schemas['ItemFacts']
export type Finding = Schemas['QualityFinding']
export type Import = Schemas['ItemImportView']
export type LibraryMaterial = Schemas['LibraryFacts']
export type Figures = Schemas['FiguresView']
export type Post = Schemas['WaitingPost']
export type Published = Schemas['ItemLine']
export type Guide = Schemas['Guide']
export type Difference = Schemas['DifferenceView']
export type Deed = Schemas['Deed']['action']
export type DraftState = '' | 'draft' | 'department_check' | 'establishment_review' | 'legal_review'
export type Source = 'gbt39046' | 'guangdong' | 'sichuan'

/** Items in force of a division and all below it; `org`: of one body alone. */
export const published = (query: { region: string; q?: string; org?: string; after?: string }) => ok(api.GET('/staff/v1/items', { params: { query } }))
export const guide = (code: string, version?: number) => ok(api.GET('/staff/v1/items/{code}', { params: { path: { code }, query: { version } } }))
/** `base` is the item before the reform began. */
export const difference = (code: string, before: string, after: number) => ok(api.GET('/staff/v1/items/{code}/difference', { params: { path: { code }, query: { before, after } } }))

const of = (code: string) => ({ params: { path: { code } } })
export const uses = (code: string) => ok(api.GET('/staff/v1/items/{code}/uses', of(code)))
export const cancel = (code: string, on: string, reason: string) => ok(api.POST('/staff/v1/items/{code}/cancellation', { ...of(code), body: { on, reason } }))
export const transfer = (code: string, to: string, reason: string) => ok(api.POST('/staff/v1/items/{code}/transfer', { ...of(code), body: { to, reason } }))

const at = (draft_id: string) => ({ params: { path: { draft_id } } })
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (d: Draft) => ({ ...at(d.id), headers: { 'If-Match': `"${d.version}"` } })

export const drafts = async (state: DraftState) => (await ok(api.GET('/staff/v1/item-drafts', { params: { query: { state } } }))).drafts
export const open = (code: string, item: Item | null = null) => ok(api.POST('/staff/v1/item-drafts', { body: { code, item } }))
export const read = (id: string) => ok(api.GET('/staff/v1/item-drafts/{draft_id}', at(id)))
export const steps = async (id: string) => (await ok(api.GET('/staff/v1/item-drafts/{draft_id}/steps', at(id)))).steps
/** Against the version in force, by whoever holds both whole. */
export const draftDifference = (id: string) => ok(api.GET('/staff/v1/item-drafts/{draft_id}/difference', at(id)))
export const save = (d: Draft, item: Item, effective_on: string | null) => ok(api.PUT('/staff/v1/item-drafts/{draft_id}', { ...seen(d), body: { item, effective_on } }))
export const act = (d: Draft, action: Deed, note: string) => ok(api.POST('/staff/v1/item-drafts/{draft_id}/actions', { ...seen(d), body: { action, note } }))

const TYPES: Record<string, string> = { csv: 'text/csv', json: 'application/json', ndjson: 'application/x-ndjson', jsonl: 'application/x-ndjson' }
/** What the file is, by the end of its name; empty for what cannot be read. */
export const fileType = (name: string) => TYPES[name.split('.').pop()?.toLowerCase() ?? ''] ?? ''
export const beginImport = (source: Source, file: File) => ok(api.POST('/staff/v1/item-imports', {
  params: { query: { source, name: file.name.slice(0, 120) } }, body: file as never, bodySerializer: (b: unknown) => b as never,
  headers: { 'Content-Type': fileType(file.name) },
}))
const on = (import_id: string) => ({ path: { import_id } })
export const readImport = (id: string) => ok(api.GET('/staff/v1/item-imports/{import_id}', { params: on(id) }))
export const importRows = async (id: string, after = 0) => (await ok(api.GET('/staff/v1/item-imports/{import_id}/rows', { params: { ...on(id), query: { faulty: true, after } } }))).rows
export const draftRows = async (id: string) => (await ok(api.POST('/staff/v1/item-imports/{import_id}/drafts', { params: on(id) }))).rows

export const library = async (q: string, after = '') => (await ok(api.GET('/staff/v1/catalogue/materials', { params: { query: { q, after } } }))).materials
export const keepMaterial = (material: LibraryMaterial) => ok(api.PUT('/staff/v1/catalogue/materials', { body: { material } }))
export const statistics = (query: { region: string; item_type: string }) => ok(api.GET('/staff/v1/catalogue/statistics', { params: { query } }))

export const waitingPosts = async () => (await ok(api.GET('/staff/v1/item-experiences'))).posts
export const moderate = (post_id: string, outcome: 'shown' | 'refused', reason: string) => ok(api.POST('/staff/v1/item-experiences/{post_id}/moderation', { params: { path: { post_id } }, body: { outcome, reason } }))
