import { api, ok, type Schemas } from '../client/api.ts'

export type TypeView = Schemas['LicenceTypeView']
export type Spec = Schemas['LicenceTypeSpec']
export type Kind = Spec['kind']
export type TypeState = '' | 'draft' | 'published' | 'retired'
export type Kept = Schemas['KeptLicenceView']
export type KeptDetail = Schemas['KeptLicenceDetail']
export type KeptState = '' | 'making' | 'valid' | 'suspended' | 'superseded' | 'revoked' | 'expired'
export type Content = Schemas['LicenceChange']['content']
export type DirectoryLine = Schemas['DirectoryLineView']
export type UseCount = Schemas['LicenceUseCount']
export type Import = Schemas['LicenceImportView']
export type ImportState = 'mismatch' | 'matched' | 'dropped'
export type Asked = Schemas['FieldRequestView']
export type Proof = Schemas['ProofView']

/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (version: number) => ({ 'If-Match': `"${version}"` })
const type = (t: TypeView) => ({ params: { path: { type_id: t.id } }, headers: seen(t.edition) })
const kept = (l: Kept) => ({ params: { path: { licence_id: l.id } }, headers: seen(l.version) })

export const types = async (state: TypeState, kind: Kind | '') => (await ok(api.GET('/staff/v1/licence-types', { params: { query: { state, kind } } }))).items
export const typeCounts = async () => (await ok(api.GET('/staff/v1/licence-types/counts'))).items
export const readType = (type_id: string) => ok(api.GET('/staff/v1/licence-types/{type_id}', { params: { path: { type_id } } }))
export const draftType = (body: Spec) => ok(api.POST('/staff/v1/licence-types', { body }))
export const saveType = (t: TypeView, body: Spec) => ok(api.PUT('/staff/v1/licence-types/{type_id}', { ...type(t), body }))
export const publishType = (t: TypeView) => ok(api.POST('/staff/v1/licence-types/{type_id}/publication', type(t)))
export const retireType = (t: TypeView) => ok(api.POST('/staff/v1/licence-types/{type_id}/retirement', type(t)))

export const list = (state: KeptState, cursor?: string) => ok(api.GET('/staff/v1/licences', { params: { query: { state, cursor } } }))
export const read = (licence_id: string) => ok(api.GET('/staff/v1/licences/{licence_id}', { params: { path: { licence_id } } }))
export const move = (l: Kept, what: Schemas['LicenceMove']['move'], reason: string) => ok(api.POST('/staff/v1/licences/{licence_id}/moves', { ...kept(l), body: { move: what, reason } }))
export const change = (l: Kept, content: Content, reason: string) => ok(api.POST('/staff/v1/licences/{licence_id}/changes', { ...kept(l), body: { content, reason } }))
export const renew = (l: Kept, valid_until: string, reason: string) => ok(api.POST('/staff/v1/licences/{licence_id}/renewals', { ...kept(l), body: { valid_until, reason } }))
export const print = (l: Kept, reason: string) => ok(api.POST('/staff/v1/licences/{licence_id}/prints', { ...kept(l), body: { reason } }))

export const directory = async (kind: Kind | '') => (await ok(api.GET('/staff/v1/licence-directory', { params: { query: { kind } } }))).items
export const uses = (first: string, last: string) => ok(api.GET('/staff/v1/licence-uses', { params: { query: { first, last } } }))

export const imports = (state: ImportState, cursor?: string) => ok(api.GET('/staff/v1/licence-imports', { params: { query: { state, cursor } } }))
export const takeIn = async (items: Schemas['LicenceImportBatch']['items']) => (await ok(api.POST('/staff/v1/licence-imports', { body: { items } }))).items
const row = (i: Import) => ({ params: { path: { import_id: i.id } }, headers: seen(i.version) })
export const compareAgain = (i: Import) => ok(api.POST('/staff/v1/licence-imports/{import_id}/comparison', row(i)))
export const dropImport = (i: Import, reason: string) => ok(api.POST('/staff/v1/licence-imports/{import_id}/dropping', { ...row(i), body: { reason } }))

const asked = (request_id: string) => ({ params: { path: { request_id } } })
export const ask = (body: Schemas['FieldsWanted']) => ok(api.POST('/staff/v1/licence-requests', { body }))
export const askScanned = (body: Schemas['ScannedFieldsWanted']) => ok(api.POST('/staff/v1/licence-requests/scanned', { body }))
export const look = (id: string) => ok(api.GET('/staff/v1/licence-requests/{request_id}', asked(id)))
export const readFields = async (id: string) => (await ok(api.POST('/staff/v1/licence-requests/{request_id}/reading', asked(id)))).fields
export const acceptProof = (body: Schemas['ProofRequest']) => ok(api.POST('/staff/v1/licence-proofs', { body }))
