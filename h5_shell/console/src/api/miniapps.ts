import { api, ok, type Schemas } from '../client/api.ts'
import { sendFile } from '../client/transport.ts'

export type App = Schemas['AppView']
export type AppDetail = Schemas['AppDetail']
export type Version = Schemas['VersionView']
export type Finding = NonNullable<Version['findings']>[number]
export type Grey = Schemas['GreyView']
export type GreyAsked = Schemas['GreyAsked']
export type Deed = Schemas['DeedView']
export type Usage = Schemas['UsageView']
export type AppKey = Schemas['AppKey']
export type Trial = Schemas['TrialView']
export type Holding = Schemas['HoldingView']
export type Trace = Schemas['TraceView']
export type TeamKey = Schemas['TeamKeyView']

const app = (appid: string) => ({ params: { path: { appid } } })
const one = (v: Pick<Version, 'appid' | 'code'>) => ({ params: { path: { appid: v.appid, code: v.code } } })
type One = Pick<Version, 'appid' | 'code'>

export const apps = (waiting: boolean, after?: string) => ok(api.GET('/staff/v1/miniapps', { params: { query: { waiting, after } } }))
export const readApp = (appid: string) => ok(api.GET('/staff/v1/miniapps/{appid}', app(appid)))
export const makeKey = (appid: string) => ok(api.POST('/staff/v1/miniapps/{appid}/key', app(appid)))

export async function upload(file: File, told: (share: number) => void): Promise<Version> {
  const response = await sendFile('/staff/v1/miniapps/versions', new Blob([file], { type: 'application/zip' }), told)
  const body: unknown = await response.json().catch(() => null)
  return ok<Version>(Promise.resolve(response.ok ? { data: body as Version, response } : { error: body, response }))
}

export const beginTrial = (v: One) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/trial', one(v)))
export const submit = (v: One, note: string) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/submit', { ...one(v), body: { note } }))
export const withdraw = (v: One, note: string) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/withdraw', { ...one(v), body: { note } }))
export const review = (v: One, agree: boolean, note: string, withheld: string[] = []) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/review', { ...one(v), body: { agree, note, withheld } }))
export const setGrey = (v: One, body: GreyAsked) => ok(api.PUT('/staff/v1/miniapps/{appid}/versions/{code}/grey', { ...one(v), body }))
export const halt = (v: One, reason: string) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/halt', { ...one(v), body: { reason } }))
export const resume = (v: One, note: string) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/resume', { ...one(v), body: { note } }))
export const release = (v: One) => ok(api.POST('/staff/v1/miniapps/{appid}/versions/{code}/release', one(v)))
export const rollBack = (appid: string, reason: string, to: number | null) => ok(api.POST('/staff/v1/miniapps/{appid}/roll-back', { ...app(appid), body: { reason, to } }))

export const suspend = (appid: string, reason: string) => ok(api.POST('/staff/v1/miniapps/{appid}/suspend', { ...app(appid), body: { reason } }))
export const reopen = (appid: string, reason: string) => ok(api.POST('/staff/v1/miniapps/{appid}/reopen', { ...app(appid), body: { reason } }))
export const retire = (appid: string, reason: string) => ok(api.POST('/staff/v1/miniapps/{appid}/retire', { ...app(appid), body: { reason } }))
export const raiseFloor = (appid: string, floor: number, reason: string) => ok(api.PUT('/staff/v1/miniapps/{appid}/floor', { ...app(appid), body: { floor, reason } }))

export const teamKeys = () => ok(api.GET('/staff/v1/team-keys'))
export const addTeamKey = (name: string, public_key: string) => ok(api.POST('/staff/v1/team-keys', { body: { name, public_key } }))
export const endTeamKey = (key_id: string) => ok(api.POST('/staff/v1/team-keys/{key_id}/end', { params: { path: { key_id } } }))
/** A page as a real browser showed it (JPEG). */
export const picture = (v: One, number: number) => ok<Blob>(api.GET('/staff/v1/miniapps/{appid}/versions/{code}/pictures/{number}', { params: { path: { ...v, number } }, parseAs: 'blob' }) as never)
export const traces = (appid: string, kind?: Trace['kind'], before?: string) => ok(api.GET('/staff/v1/miniapps/{appid}/traces', { params: { path: { appid }, query: { kind, before } } }))
export const reports = (appid: string) => ok(api.GET('/staff/v1/miniapps/{appid}/reports', app(appid)))
export const assets = (region?: string) => ok(api.GET('/staff/v1/miniapps/assets', { params: { query: { region } } }))
export const compliance = () => ok(api.GET('/staff/v1/miniapps/compliance'))
