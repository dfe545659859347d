import { api, ok, type Schemas } from '@wanshi/client'

export type MiniApp = Schemas['MiniAppView']
export type Launch = Schemas['LaunchView']
export type Opening = Schemas['Opening']
export type System = NonNullable<Opening['system']>

export const list = (region: string) => ok(api.GET('/api/v1/miniapps', { params: { query: { region } } }))
export const launch = (appid: string, opening: Opening = {}) =>
  ok(api.POST('/api/v1/miniapps/{appid}/launches', { params: { path: { appid } }, body: opening }))
export const ticket = (launch_id: string) => ok(api.POST('/api/v1/launches/{launch_id}/tickets', { params: { path: { launch_id } } }))
export const outcome = (launch_id: string, ready: boolean, ready_ms: number) =>
  ok(api.POST('/api/v1/launches/{launch_id}/outcome', { params: { path: { launch_id } }, body: { ready, ready_ms } }))
