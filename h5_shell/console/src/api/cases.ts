import { api, ok, type Schemas } from '../client/api.ts'

export type DeskLine = Schemas['DeskLine']
export type DeskPage = Schemas['DeskPage']
export type DeskCase = Schemas['DeskCase']
export type Material = Schemas['MaterialView']
export type Step = DeskCase['steps'][number]
/** The deeds these pages have words for; the back end may offer more. */
export type Action = 'accept' | 'request-correction' | 'approve' | 'refuse'
export interface PointMark { code: string; mark: 'pass' | 'fail' | 'na'; note?: string }
export type CaseState = DeskLine['state']

export interface DeskQuery { state?: CaseState | ''; q?: string; cursor?: string }

export const desk = (query: DeskQuery) => ok(api.GET('/staff/v1/cases', { params: { query } }))

const on = (case_no: string) => ({ params: { path: { case_no } } })
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const seen = (case_no: string, version: number) => ({ ...on(case_no), headers: { 'If-Match': `"${version}"` } })

export const read = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}', on(no)))
export const accept = (no: string, version: number) => ok(api.POST('/staff/v1/cases/{case_no}/accept', seen(no, version)))
export const approve = (no: string, version: number, note: string, points: PointMark[]) =>
  ok(api.POST('/staff/v1/cases/{case_no}/approve', { ...seen(no, version), body: { note, points } }))
export const refuse = (no: string, version: number, reason: string, points: PointMark[]) =>
  ok(api.POST('/staff/v1/cases/{case_no}/refuse', { ...seen(no, version), body: { reason, points } }))

export interface CorrectionWanted { reason: string; fields: string[]; materials: string[] }
export const requestCorrection = (no: string, version: number, body: CorrectionWanted) =>
  ok(api.POST('/staff/v1/cases/{case_no}/request-correction', { ...seen(no, version), body }))
