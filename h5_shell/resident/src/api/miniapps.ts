import { api, ok, type Schemas } from '@wanshi/client'

export type MiniApp = Schemas['MiniAppView']
export type Launch = Schemas['LaunchView']

export const list = (region: string) => ok(api.GET('/api/v1/miniapps', { params: { query: { region } } }))
export const launch = (appid: string, opening: Schemas['Opening'] = {}) =>
  ok(api.POST('/api/v1/miniapps/{appid}/launches', { params: { path: { appid } }, body: opening }))
export const ticket = (launch_id: string) => ok(api.POST('/api/v1/launches/{launch_id}/tickets', { params: { path: { launch_id } } }))
