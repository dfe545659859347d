import createClient from 'openapi-fetch'
import type { components, paths } from './generated/staff.ts'
import { ApiProblem, type ProblemBody } from './problem.ts'
import { transport } from './transport.ts'

/** Every route of the staff document, typed: a route or field that changed breaks the build. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: transport, credentials: 'same-origin' })
export type Schemas = components['schemas']

interface Answer<T> { data?: T; error?: unknown; response: Response }

/** The reply's body; a refusal becomes an `ApiProblem`. */
export async function ok<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  const body = error && typeof error === 'object' ? error as Partial<ProblemBody> : {}
  throw new ApiProblem(body, response.status)
}
