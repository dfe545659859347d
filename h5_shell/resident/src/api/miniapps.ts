import { http, seg } from '@wanshi/client'

export interface MiniApp {
  appid: string
  name: string
  summary: string
  icon_url?: string
  owner_name: string
  region_name: string
  min_tier: number
}
export interface Permission { scope: string; reason: string; required: boolean; granted: boolean }
export interface Launch {
  launch_id: string
  origin: string
  url: string
  sandbox: string
  allow: string
  permissions: Permission[]
  app: { appid: string; name: string; owner_name?: string; icon_url?: string; hotline?: string }
}

export const list = (region: string) => http.get<{ items: MiniApp[] }>('/miniapps', { region })
export const launch = (appid: string) => http.post<Launch>(`/miniapps/${seg(appid)}/launches`)
export const ticket = (launchId: string) =>
  http.post<{ ticket: string; expires_in_s: number }>(`/launches/${seg(launchId)}/tickets`)
