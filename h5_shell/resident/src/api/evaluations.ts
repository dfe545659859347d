import { api, ok } from '@wanshi/client'

export type Rating = Awaited<ReturnType<typeof rating>>

const path = (case_no: string) => ({ path: { case_no } })

export const rating = (no: string) => ok(api.GET('/api/v1/me/ratings/{case_no}', { params: path(no) }))
export const rate = (no: string, score: number, tags: string[], comment: string) =>
  ok(api.POST('/api/v1/cases/{case_no}/rating', { params: path(no), body: { score, tags, comment } }))
