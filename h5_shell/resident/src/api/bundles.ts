import { api, ok, seg, upload } from '@wanshi/client'
import type { Draft, Progress } from '@/api/cases'
import type { Recipient } from '@/api/progress'
import type { Data } from '@/form/page'
import type { JsonSchema, UiSchema } from '@/form/schema'

/** One thing made of several cases: filled in and handed in once, followed in one place. */
type Told = Awaited<ReturnType<typeof ask>>
type ToldFilling = NonNullable<Told['filling']>
export interface Step { state_name: string; at: string; by: string; note: string; channel: string }
export interface Task { code: string; name: string; after: string[]; done_at: string | null }
export interface Output { name: string; quantity: number; unit: string; part: string }
export interface Session {
  id: string
  kind_name: string
  begins_at: string
  minutes: number
  place: string
  attendees: { org: string; name: string }[]
  report: { passed: boolean; text: string; at: string } | null
}
export type Filling = Omit<ToldFilling, 'schema' | 'ui_schema' | 'data' | 'sources'> & { schema: JsonSchema; ui_schema: UiSchema; data: Data; sources: Draft['sources'] }
/** The document can only say “an object” of these; here they get their shape. */
export type Bundle = Omit<Told, 'filling' | 'steps' | 'tasks' | 'outputs' | 'sessions' | 'extension'> & {
  filling: Filling | null
  steps: Step[]
  tasks: Task[]
  outputs: Output[]
  sessions: Session[]
  extension: { days: number; reason: string; from: string } | null
}
export type BundleLine = Awaited<ReturnType<typeof list>>['items'][number]
export type Piece = Bundle['pieces'][number]

const at = (bundle_no: string) => ({ path: { bundle_no } })
const match = (version: number) => ({ 'If-Match': `"${version}"` })
const shaped = async (answer: Promise<Told>) => await answer as unknown as Bundle
const ask = (no: string) => ok(api.GET('/api/v1/bundles/{bundle_no}', { params: at(no) }))

export const list = () => ok(api.GET('/api/v1/bundles'))
export const one = (no: string) => shaped(ask(no))
export const save = (no: string, data: Data, version: number) => shaped(ok(api.PUT('/api/v1/bundles/{bundle_no}', { params: at(no), body: { data }, headers: match(version) })))
export const drop = (no: string) => ok(api.DELETE('/api/v1/bundles/{bundle_no}', { params: at(no) }))
export const putPaper = (no: string, key: string, file: Blob, name: string, progress?: Progress) =>
  upload<Bundle>('PUT', `/bundles/${seg(no)}/materials/${seg(key)}?name=${seg(name)}`, file, { progress })
export const dropPaper = (bundle_no: string, key: string) => shaped(ok(api.DELETE('/api/v1/bundles/{bundle_no}/materials/{key}', { params: { path: { bundle_no, key } } })))
/** With an address all results come in one parcel. */
export const file = (no: string, version: number, address?: Recipient) =>
  shaped(ok(api.POST('/api/v1/bundles/{bundle_no}/filing', { params: at(no), body: { agreed: true, address: address ?? null }, headers: match(version) })))
export const start = (bundle_no: string, code: string) => shaped(ok(api.POST('/api/v1/bundles/{bundle_no}/parts/{code}/start', { params: { path: { bundle_no, code } } })))
export const confirmTask = (bundle_no: string, code: string) => shaped(ok(api.POST('/api/v1/bundles/{bundle_no}/tasks/{code}/confirmation', { params: { path: { bundle_no, code } } })))
export const withdraw = (no: string, version: number) => shaped(ok(api.POST('/api/v1/bundles/{bundle_no}/withdraw', { params: at(no), headers: match(version) })))
