import { ApiProblem, messageOf } from '@wanshi/client'
import type { Asked } from '@/api/identity'

/** What is wrong with what was typed, before the outside party is bothered with it. */
export function askedErrors(fields: Asked[], given: Record<string, string>): Record<string, string> {
  const wrong = fields.map(f => {
    const value = (given[f.name] ?? '').trim()
    if (!value) return [f.name, `请填写${f.title}`]
    return new RegExp(`^(?:${f.pattern})$`).test(value) ? null : [f.name, `${f.title}格式不对，请逐位核对`]
  })
  return Object.fromEntries(wrong.filter(w => w !== null) as [string, string][])
}
/** The server names the fields with their path. */
export const serverErrors = (error: unknown): Record<string, string> =>
  error instanceof ApiProblem ? Object.fromEntries(error.errors.map(e => [e.field.replace(/^given\./, ''), e.message])) : {}

const WAYS_ON = new Set(['identity.certification_refused', 'identity.certification_over', 'identity.no_such_certification'])
/** After these a new try is needed; nothing else on the page can go on. */
export const isOver = (error: unknown) => error instanceof ApiProblem && WAYS_ON.has(error.code)
export const isPending = (error: unknown) => error instanceof ApiProblem && error.code === 'identity.certification_pending'
export const sentence = (error: unknown) => messageOf(error)
/** Digits and capitals as cards bear them; blanks people type between groups do no harm. */
export const tidy = (text: string) => text.replace(/\s+/g, '').toUpperCase()
