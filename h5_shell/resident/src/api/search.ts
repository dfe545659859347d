import { api, ok } from '@wanshi/client'

export type Hit = Awaited<ReturnType<typeof find>>['hits'][number]

export const find = (q: string, region: string, signal?: AbortSignal) =>
  ok(api.GET('/api/v1/search', { params: { query: { q, region } }, signal }))
