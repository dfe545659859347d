import { api, ok, type Schemas } from '../client/api.ts'

export type Kind = 'flow' | 'table'
export type BoardLine = Schemas['BoardLine']
export type Finding = Schemas['FlowFinding']
export type Version = Schemas['PublishedLine']
export interface Drawn { kind: Kind; code: string; title: string; text: string; updated_by: string; updated_at: string; version: number }
/** Where an old history leaves a new drawing. */
export interface Difference { subject: string; step: number; element: string; message: string }

const at = (kind: Kind, code: string) => ({ params: { path: { kind, code } } })

export const board = async (kind: Kind) => (await ok(api.GET('/staff/v1/workflow/{kind}/board', { params: { path: { kind } } }))).items
export const read = (kind: Kind, code: string) => ok(api.GET('/staff/v1/workflow/{kind}/drafts/{code}', at(kind, code)))
export const save = (kind: Kind, code: string, version: number, title: string, text: string) =>
  ok(api.PUT('/staff/v1/workflow/{kind}/drafts/{code}', { ...at(kind, code), headers: { 'If-Match': `"${version}"` }, body: { title, text } }))
export const check = async (kind: Kind, code: string) => (await ok(api.POST('/staff/v1/workflow/{kind}/drafts/{code}/check', at(kind, code)))).items
export const publish = (kind: Kind, code: string, reason: string) =>
  ok(api.POST('/staff/v1/workflow/{kind}/drafts/{code}/publish', { ...at(kind, code), body: { reason } }))
export const versions = async (kind: Kind, code: string) => (await ok(api.GET('/staff/v1/workflow/{kind}/published/{code}', at(kind, code)))).items
export const published = (kind: Kind, code: string, version: number) =>
  ok(api.GET('/staff/v1/workflow/{kind}/published/{code}/{version}', { params: { path: { kind, code, version } } }))
