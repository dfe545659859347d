import { api, ok, type Schemas } from '../client/api.ts'
import type { paths } from '../client/generated/staff.ts'

export type DeskLine = Schemas['DeskLine']
export type DeskPage = Schemas['DeskPage']
export type DeskCase = Schemas['DeskCase']
export type Material = Schemas['MaterialView']
export type Step = DeskCase['steps'][number]
export type Action = Schemas['ActionView']
export type PointMark = Schemas['PointMarked']
export type Defect = Schemas['DefectWanted']
export type Clock = Schemas['ClockReply']
export type Document = Schemas['DocumentView']
export type Course = Schemas['CourseView']
export type Subtask = Schemas['SubtaskView']
export type SubtaskAsked = Schemas['SubtaskBody']
export type Counts = Schemas['DeskCounts']
export type Report = Schemas['StatisticsReport']
export type CaseState = DeskLine['state']
type Queries = NonNullable<paths['/staff/v1/cases']['get']['parameters']['query']>
export type Scope = NonNullable<Queries['scope']>
export type Colour = NonNullable<Queries['colour']>
export type DeskQuery = Pick<Queries, 'scope' | 'state' | 'q' | 'colour' | 'order' | 'cursor'>
export type StatisticsQuery = paths['/staff/v1/case-statistics']['get']['parameters']['query']

export const desk = (query: DeskQuery) => ok(api.GET('/staff/v1/cases', { params: { query } }))
export const counts = (scope: Scope) => ok(api.GET('/staff/v1/case-counts', { params: { query: { scope } } }))
export const statistics = (query: StatisticsQuery) => ok(api.GET('/staff/v1/case-statistics', { params: { query } }))
export const counted = (query: StatisticsQuery, cursor?: string) => ok(api.GET('/staff/v1/case-statistics/cases', { params: { query: { ...query, cursor } } }))
export const statisticsFile = (query: StatisticsQuery) => ok<Blob>(api.GET('/staff/v1/case-statistics/export', { params: { query }, parseAs: 'blob' }) as never)

const on = (case_no: string) => ({ params: { path: { case_no } } })

export const read = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}', on(no)))
export const clock = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}/clock', on(no)))
export const documents = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}/documents', on(no)))
export const course = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}/course', on(no)))
export const flow = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}/flow', on(no)))
export const doWork = (no: string, work_id: string, note: string) => ok(api.POST('/staff/v1/cases/{case_no}/flow/work/{work_id}', { params: { path: { case_no: no, work_id } }, body: { note } }))

/** Which deeds there are is said by the reply: its `actions` name the last part of the address. */
const DEED = '/staff/v1/cases/{case_no}/approve'
type Answer = { data?: DeskCase | Schemas['WindowCase']; error?: unknown; response: Response }
/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
export function deed(no: string, version: number, name: string, body?: object): Promise<DeskCase | Schemas['WindowCase']> {
  if (!/^[a-z]+(-[a-z]+)*$/.test(name)) throw new Error(`no deed: ${name}`)
  const path = DEED.replace('approve', name) as typeof DEED
  return ok(api.POST(path, { ...on(no), headers: { 'If-Match': `"${version}"` }, body: body as never }) as Promise<Answer>)
}

export const subtasks = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}/subtasks', on(no)))
export const askSubtask = (no: string, body: SubtaskAsked) => ok(api.POST('/staff/v1/cases/{case_no}/subtasks', { ...on(no), body }))
export const cancelSubtask = (no: string, subtask_id: string, reason: string) => ok(api.POST('/staff/v1/cases/{case_no}/subtasks/{subtask_id}/cancel', { params: { path: { case_no: no, subtask_id } }, body: { reason } }))
export const asked = (state: Subtask['state'], cursor?: string) => ok(api.GET('/staff/v1/subtasks', { params: { query: { state, cursor } } }))
export const answerSubtask = (subtask_id: string, body: Schemas['SubtaskAnswer']) => ok(api.POST('/staff/v1/subtasks/{subtask_id}/return', { params: { path: { subtask_id } }, body }))

export type Originals = Schemas['OriginalsReply']
type Papers = Originals['contents']
export const originals = (no: string) => ok(api.GET('/staff/v1/cases/{case_no}/originals', on(no)))
/** Brought to the office; by parcel it is the parcel's own list that is ticked. */
export const takeOriginals = async (found: DeskCase, contents: Papers) => {
  await ok(api.POST('/staff/v1/cases/{case_no}/originals', { ...on(found.case_no), headers: { 'If-Match': `"${found.version}"` }, body: { contents } }))
  return true
}
export const receiveParcel = async (parcel_id: string, contents: Papers) => {
  await ok(api.POST('/staff/v1/parcels/{parcel_id}/receipt', { params: { path: { parcel_id } }, body: { contents } }))
  return true
}
