import { api, ok, type Schemas } from '../client/api.ts'

export type Bundle = Schemas['BundleReply']
export type BundleLine = Schemas['BundleLine']
export type Part = Bundle['pieces'][number]
export type SessionWanted = Schemas['SessionWanted']
/** The open members of a bundle, as cases writes them. */
export interface Task { code: string; name: string; after: string[]; done_at: string | null }
export interface Session { id: string; kind_name: string; begins_at: string; minutes: number; place: string; attendees: { org: string; name: string }[]; report: { passed: boolean; text: string; present: string[] } | null }
export interface Line { state_name: string; at: string; by: string; note: string; channel: string }
export interface Output { name: string; quantity: number; unit: string }

const at = (bundle_no: string) => ({ params: { path: { bundle_no } } })
export const list = async () => (await ok(api.GET('/staff/v1/bundles'))).items
export const read = (no: string) => ok(api.GET('/staff/v1/bundles/{bundle_no}', at(no)))
export const promise = (no: string, code: string, text: string) => ok(api.POST('/staff/v1/bundles/{bundle_no}/parts/{code}/promise', { params: { path: { bundle_no: no, code } }, body: { text } }))
export const close = (no: string, note: string) => ok(api.POST('/staff/v1/bundles/{bundle_no}/close', { ...at(no), body: { note } }))
export const extend = (no: string, days: number, reason: string) => ok(api.POST('/staff/v1/bundles/{bundle_no}/extend', { ...at(no), body: { days, reason } }))
export const callSession = (no: string, body: SessionWanted) => ok(api.POST('/staff/v1/bundles/{bundle_no}/sessions', { ...at(no), body }))
export const report = (no: string, session_id: string, body: Schemas['SessionReport']) => ok(api.POST('/staff/v1/bundles/{bundle_no}/sessions/{session_id}/report', { params: { path: { bundle_no: no, session_id } }, body }))
export const taskDone = (no: string, code: string) => ok(api.POST('/staff/v1/bundles/{bundle_no}/tasks/{code}/done', { params: { path: { bundle_no: no, code } } }))
