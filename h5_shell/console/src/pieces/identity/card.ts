import { idNumberOk } from '@wanshi/parts'
import type { Card } from '#console/api/identity.ts'

/** The card as an officer reads it off: name, number, and the line 有效期限 as it is printed. */
export interface CardForm { name: string; id_number: string; term: string }
export const blankCard = (): CardForm => ({ name: '', id_number: '', term: '' })

export interface Term { valid_from: string; valid_until: string | null }

function dayOf(digits: string): string | null {
  const text = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null
}
/** 2019.04.02-2039.04.02, 2019.04.02-长期, or digits alone; null for anything else. */
export function termOf(text: string): Term | null {
  const plain = text.replace(/[\s.．年月日/至—–-]/g, '')
  const found = /^(\d{8})(\d{8}|长期)$/.exec(plain)
  const from = found ? dayOf(found[1]!) : null
  if (!found || !from) return null
  if (found[2] === '长期') return { valid_from: from, valid_until: null }
  const until = dayOf(found[2]!)
  return until && until > from ? { valid_from: from, valid_until: until } : null
}
export const expired = (term: Term, today = new Date().toISOString().slice(0, 10)) => term.valid_until !== null && term.valid_until < today

export function cardErrors(f: CardForm): Partial<Record<keyof CardForm, string>> {
  const term = termOf(f.term)
  const found = {
    name: f.name.trim().length >= 2 ? '' : '请填写身份证上的姓名',
    id_number: idNumberOk(f.id_number) ? '' : f.id_number ? '号码校验不通过，请逐位核对' : '请填写公民身份号码',
    term: !term ? '请照身份证填写，如 2019.04.02-2039.04.02 或 2019.04.02-长期' : expired(term) ? '身份证已过期，请先换领新证' : '',
  }
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v))
}
export const cardBody = (f: CardForm): Card => ({ name: f.name.trim(), id_number: f.id_number, ...termOf(f.term)! })
