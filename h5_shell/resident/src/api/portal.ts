import { api, http, ok } from '@wanshi/client'

export interface Platform { name: string; region: string; tier: string; version: string; min_client_version: string; demo: boolean }
export interface Region { code: string; name: string; level: number }
export type Home = Awaited<ReturnType<typeof home>>
export type ItemCard = Home['items'][number]
export type QuickEntry = Home['quick'][number]
export type MiniAppCard = Home['mini_apps'][number]

export const platform = () => http.get<Platform>('/platform')
export const regions = (parent: string) => http.get<{ items: Region[] }>('/regions', { parent })
export const home = (region: string) => ok(api.GET('/api/v1/portal/home', { params: { query: { region } } }))
