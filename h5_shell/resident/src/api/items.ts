import { api, ok } from '@wanshi/client'

export type Guide = Awaited<ReturnType<typeof guide>>
export type Experience = Awaited<ReturnType<typeof experiences>>[number]
export type Reduction = Awaited<ReturnType<typeof reductions>>[number]
export type Intermediaries = Awaited<ReturnType<typeof intermediaries>>

const of = (code: string) => ({ params: { path: { code } } })
export const guide = (code: string, version?: number) => ok(api.GET('/api/v1/items/{code}', { params: { path: { code }, query: { version } } }))
export const experiences = async (code: string) => (await ok(api.GET('/api/v1/items/{code}/experiences', of(code)))).posts
export const tellExperience = (code: string, text: string) => ok(api.POST('/api/v1/items/{code}/experiences', { ...of(code), body: { text } }))
export const helpful = async (post_id: string) => (await ok(api.POST('/api/v1/experiences/{post_id}/helpful', { params: { path: { post_id } } }))).helpful
export const intermediaries = (code: string) => ok(api.GET('/api/v1/items/{code}/intermediaries', of(code)))
/** What became less since before the reform (`base`). */
export const reductions = async (code: string, after: number) =>
  (await ok(api.GET('/api/v1/items/{code}/difference', { params: { path: { code }, query: { before: 'base', after } } }))).reductions
