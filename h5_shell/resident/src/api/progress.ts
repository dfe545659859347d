import { api, ok } from '@wanshi/client'

/** How a filed case goes: its clock day by day, its papers, its stages, and the way its result comes. */
export interface Pause { kind: string; name: string; reason: string; days: number; began: string; until: string; ended: string | null }
export interface Extension { days: number; reason: string; state: 'asked' | 'approved' | 'denied' }
type Told = Awaited<ReturnType<typeof askClock>>
export type Clock = Omit<Told, 'pauses' | 'extension'> & { pauses: Pause[]; extension: Extension | null }
export type CaseDocument = Awaited<ReturnType<typeof documents>>['items'][number]
export type Course = Omit<Awaited<ReturnType<typeof askCourse>>, 'ways' | 'way'> & { ways: Way[]; way: Way }
export type Parcel = Awaited<ReturnType<typeof parcels>>['items'][number]
export type Way = 'download' | 'window' | 'courier'
export interface Recipient { name: string; phone: string; address: string }

const at = (case_no: string) => ({ params: { path: { case_no } } })
const askClock = (no: string) => ok(api.GET('/api/v1/cases/{case_no}/clock', at(no)))
export const clock = async (no: string) => await askClock(no) as unknown as Clock
export const documents = (no: string) => ok(api.GET('/api/v1/cases/{case_no}/documents', at(no)))
const askCourse = (no: string) => ok(api.GET('/api/v1/cases/{case_no}/course', at(no)))
export const course = async (no: string) => await askCourse(no) as unknown as Course
export const parcels = () => ok(api.GET('/api/v1/parcels'))
export const chooseWay = (no: string, version: number, wanted: { way: Way; outlet_region?: string; recipient?: Recipient }) =>
  ok(api.PUT('/api/v1/cases/{case_no}/delivery', { ...at(no), body: { outlet_region: '', ...wanted }, headers: { 'If-Match': `"${version}"` } }))
