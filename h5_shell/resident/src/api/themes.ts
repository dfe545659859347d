import { api, ok } from '@wanshi/client'
import type { Output } from '@/api/bundles'

/** One thing at a time (一件事): what there is, what is asked first, and what it would mean. */
export type Audience = 'person' | 'company'
export type Answer = string | number | string[]
export type Answers = Record<string, Answer>
export interface Question {
  code: string
  text: string
  kind: 'choice' | 'multi' | 'number' | 'text'
  options: { value: string; label: string }[]
  required: boolean
  hint: string
  /** A condition only the server reads; it answers which questions are asked. */
  when: string
  least: number
  most: number
}
export interface Asked { region: string; answers: Answers; version: number; project_code: string }
type Told = Awaited<ReturnType<typeof ask>>
export type Theme = Omit<Told, 'questions' | 'outputs'> & { questions: Question[]; outputs: Output[] }
export type ThemeLine = Awaited<ReturnType<typeof list>>['items'][number]
export type Plan = Awaited<ReturnType<typeof plan>>

const at = (code: string) => ({ path: { code } })
const ask = (code: string) => ok(api.GET('/api/v1/themes/{code}', { params: at(code) }))
export const list = (region: string, audience: Audience) => ok(api.GET('/api/v1/themes', { params: { query: { region, audience } } }))
/** The document can only say “objects” of the questions; here they get their shape. */
export const theme = async (code: string) => await ask(code) as unknown as Theme
export const plan = (code: string, asked: Asked) => ok(api.POST('/api/v1/themes/{code}/plan', { params: at(code), body: asked }))
export const begin = (code: string, asked: Asked) => ok(api.POST('/api/v1/themes/{code}/bundles', { params: at(code), body: asked }))
