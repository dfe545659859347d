import { api, ok } from '@wanshi/client'

export type Guide = Awaited<ReturnType<typeof guide>>

export const guide = (code: string) => ok(api.GET('/api/v1/items/{code}', { params: { path: { code } } }))
