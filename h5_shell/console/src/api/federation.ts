import { api, ok, type Schemas } from '../client/api.ts'

export type Platform = Schemas['PlatformView']
export type PlatformAsked = Schemas['PlatformAsked']
export type PlatformChanged = Schemas['PlatformChanged']
export type OwnKeys = Schemas['auth__federation__schemas__OwnKeys']
export type Key = Schemas['KeyShape']
export type Import = Schemas['ImportView']
export type ImportConflict = Schemas['ConflictView']

const at = (code: string) => ({ params: { path: { code } } })
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (p: Platform) => ({ ...at(p.code), headers: { 'If-Match': `"${p.version}"` } })

export const ownKeys = () => ok(api.GET('/staff/v1/federation/keys'))
export const platforms = async () => (await ok(api.GET('/staff/v1/federation/platforms'))).items
export const readPlatform = (code: string) => ok(api.GET('/staff/v1/federation/platforms/{code}', at(code)))
export const addPlatform = (body: PlatformAsked) => ok(api.POST('/staff/v1/federation/platforms', { body }))
export const changePlatform = (p: Platform, body: PlatformChanged) => ok(api.PUT('/staff/v1/federation/platforms/{code}', { ...seen(p), body }))
export const suspendPlatform = (p: Platform, reason: string) => ok(api.POST('/staff/v1/federation/platforms/{code}/suspend', { ...seen(p), body: { reason } }))
export const resumePlatform = (p: Platform, reason: string) => ok(api.POST('/staff/v1/federation/platforms/{code}/resume', { ...seen(p), body: { reason } }))
export const pushAgain = (code: string) => ok(api.POST('/staff/v1/federation/platforms/{code}/push-again', at(code)))

export const imports = (cursor?: string) => ok(api.GET('/staff/v1/federation/imports', { params: { query: { cursor } } }))
export const readImport = (import_id: string) => ok(api.GET('/staff/v1/federation/imports/{import_id}', { params: { path: { import_id } } }))
export async function conflicts(import_id: string, after?: string): Promise<{ items: ImportConflict[]; next: string | null }> {
  const page = await ok(api.GET('/staff/v1/federation/imports/{import_id}/conflicts', { params: { path: { import_id }, query: { after: Number(after ?? 0) } } }))
  return { items: page.items, next: page.next === null ? null : String(page.next) }
}
