import { api, ok } from '@wanshi/client'

export type Platform = Awaited<ReturnType<typeof platform>>
export type Home = Awaited<ReturnType<typeof home>>
export type ItemCard = Home['items'][number]
export type QuickEntry = Home['quick'][number]
export type MiniAppCard = Home['mini_apps'][number]

export const platform = () => ok(api.GET('/api/v1/platform'))
export const regions = (parent: string) => ok(api.GET('/api/v1/regions', { params: { query: { parent } } }))
export const home = (region: string) => ok(api.GET('/api/v1/portal/home', { params: { query: { region } } }))
