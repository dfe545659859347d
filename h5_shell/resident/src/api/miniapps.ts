import { api, http, ok, seg, type Schemas } from '@wanshi/client'
import type { JsonSchema, UiSchema } from '@/form/schema'

export type Opening = Schemas['Opening'] & { path?: string }
export type System = NonNullable<Schemas['Opening']['system']>

export interface MiniApp {
  appid: string; name: string; short_name: string; summary: string; icon_url: string
  owner_name: string; region_name: string; region_code: string; min_tier: number
  mode: 'h5' | 'api'; category: string; category_name: string
}
export interface MiniAppPage { items: MiniApp[]; next: string | null; total: number }
export interface Groups {
  categories: { key: string; title: string; count: number }[]
  owners: { name: string; count: number }[]
  regions: { code: string; name: string; count: number }[]
  total: number
}
export interface Wanted { region?: string; category?: string; owner?: string; q?: string; after?: string; limit?: number }

export interface Permission {
  scope: string; title: string; reason: string; required: boolean; approved: boolean
  granted: 'no' | 'once' | 'always'
}
export interface TicketField { key: 'openid' | 'tier' | 'region' | 'name' | 'phone' | 'id_number'; title: string }
export interface ServiceCard { key: string; title: string; summary: string; kind: 'list' | 'form' | 'query' }
export interface Launch {
  launch_id: string; origin: string; url: string; trial: boolean; sandbox: string; allow: string
  token: string; mode: 'h5' | 'api'; permissions: Permission[]; ticket_fields: TicketField[]
  ui: { titlebar: 'native' | 'transparent'; elder: string; theme: unknown }
  min_tier: number; services?: ServiceCard[]
  /** What review released, signed by the platform ("" on trial), and the key it is judged by. */
  release: string; jwk: JsonWebKey
  app: { appid: string; name: string; owner_name: string; version: string; icon_url: string; hotline: string }
}
export interface Called { done: boolean; value: unknown }
export interface Calling { token: string; origin: string; method: string; params?: unknown; proof?: unknown; act_proof?: string }

export interface Mine { recent: MiniApp[]; favourites: MiniApp[] }
export interface GrantedScope { scope: string; title: string; reason: string; granted_at: string; last_used_at: string | null }
export interface GrantedApp { appid: string; name: string; icon_url: string; scopes: GrantedScope[] }
export interface Use { at: string; appid: string; app_name: string; method: string; scope: string; title: string; what: string; outcome: string }

export interface ResultField { label: string; value: string }
export interface ResultItem { title: string; summary?: string; fields?: ResultField[] }
export interface ServiceResult {
  kind: 'record' | 'list' | 'message'; title: string
  fields?: ResultField[]; items?: ResultItem[]; text?: string; next?: string | null
}
export interface ServiceForm { schema: JsonSchema; ui: UiSchema; title: string; note: string }

export const list = (wanted: Wanted, signal?: AbortSignal) => http.get<MiniAppPage>('/miniapps', { ...wanted }, signal)
export const groups = (region: string) => http.get<Groups>('/miniapps/groups', { region })
export const launch = (appid: string, opening: Opening = {}) => http.post<Launch>(`/miniapps/${seg(appid)}/launches`, opening)
export const outcome = (launch_id: string, ready: boolean, ready_ms: number) =>
  ok(api.POST('/api/v1/launches/{launch_id}/outcome', { params: { path: { launch_id } }, body: { ready, ready_ms } }))
export const consent = (id: string, body: { token: string; scope: string; allow: boolean; remember: boolean }) =>
  http.put<void>(`/launches/${seg(id)}/consents`, body)
export const call = (id: string, body: Calling) => http.post<Called>(`/launches/${seg(id)}/calls`, body)
export interface Trace { kind: 'error' | 'blocked' | 'view' | 'vital' | 'event'; page: string; name: string; data: Record<string, unknown>; duration_ms?: number }
export const trace = (id: string, token: string, told: Trace) => http.post<void>(`/launches/${seg(id)}/traces`, { token, ...told })
export const report = (appid: string, reason: string, note: string) => http.post<unknown>(`/miniapps/${seg(appid)}/reports`, { reason, note })

export const form = (id: string, key: string, token: string) => http.post<ServiceForm>(`/launches/${seg(id)}/forms/${seg(key)}`, { token })
export const ask = (id: string, key: string, token: string, params: Record<string, unknown>) =>
  http.post<ServiceResult>(`/launches/${seg(id)}/services/${seg(key)}`, { token, params })

export const mine = () => http.get<Mine>('/me/miniapps')
export const favour = (appid: string) => http.put<void>(`/me/miniapps/favourites/${seg(appid)}`)
export const unfavour = (appid: string) => http.delete<void>(`/me/miniapps/favourites/${seg(appid)}`)
export const granted = () => http.get<GrantedApp[]>('/me/miniapps/permissions')
export const revoke = (appid: string, scope = '') => http.delete<void>(`/me/miniapps/permissions/${seg(appid)}${scope && `?scope=${seg(scope)}`}`)
export const uses = (appid = '', before = '') => http.get<{ items: Use[]; next: string | null }>('/me/miniapps/uses', { appid, before })
