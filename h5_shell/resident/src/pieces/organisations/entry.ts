import type { Organisation, OrganisationEntry } from '@/api/organisations'
import { idNumberOk, verdict } from '@wanshi/parts'

export interface EntryForm { credit_code: string; name: string; registration_no: string; rep_name: string; rep_id: string; rep_ethnic: string }
export const blankEntry = (): EntryForm => ({ credit_code: '', name: '', registration_no: '', rep_name: '', rep_id: '', rep_ethnic: '汉族' })

export function entryErrors(f: EntryForm): Record<string, string> {
  const code = verdict(f.credit_code)
  const found: Record<string, string | undefined> = {
    credit_code: !f.credit_code ? '请填写统一社会信用代码' : code.state === 'bad' ? code.message : code.state === 'typing' ? `还差 ${18 - f.credit_code.length} 位` : undefined,
    name: f.name.trim().length >= 2 ? undefined : '请填写证照上的单位全称',
    registration_no: !f.registration_no || /^\d{13,15}$/.test(f.registration_no) ? undefined : '注册号是 13 到 15 位数字，没有可以不填',
    rep_name: f.rep_name.trim().length >= 2 ? undefined : '请填写法定代表人姓名',
    rep_id: idNumberOk(f.rep_id) ? undefined : f.rep_id ? '身份证号码不对，请逐位核对' : '请填写身份证号码',
  }
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v)) as Record<string, string>
}
export const entryBody = (f: EntryForm): OrganisationEntry => ({
  credit_code: f.credit_code,
  name: f.name.trim(),
  registration_no: f.registration_no || null,
  representative: { name: f.rep_name.trim(), id_number: f.rep_id, ethnic_group: f.rep_ethnic },
})
const FIELDS: Record<string, string> = { 'representative.name': 'rep_name', 'representative.id_number': 'rep_id', 'representative.ethnic_group': 'rep_ethnic' }
/** The name under which the form shows a field the server complained about. */
export const fieldOf = (field: string) => FIELDS[field] ?? field

/** How an organisation stands, in words; cancelled ones can do nothing. */
export function stateOf(state: string): { name: string; tone: 'good' | 'wait' | 'bad' } {
  if (state === 'active') return { name: '正常', tone: 'good' }
  return state === 'awaiting_representative' ? { name: '待法定代表人确认', tone: 'wait' } : { name: '已注销或被吊销', tone: 'bad' }
}

export interface DelegationForm { name: string; id_number: string; every: boolean; items: { code: string; name: string }[]; begins_on: string; ends_on: string }
const iso = (d: Date) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`
export const today = () => iso(new Date())
/** The last day of so many months from a day on, that day counted. */
export function until(from: string, months: number): string {
  const [y = 0, m = 0, d = 0] = from.split('-').map(Number)
  const last = new Date(y, m - 1 + months + 1, 0).getDate()
  const end = new Date(y, m - 1 + months, Math.min(d, last))
  end.setDate(end.getDate() - 1)
  return iso(end)
}
const YEARS = 3
export function delegationErrors(f: DelegationForm): Record<string, string> {
  const longest = f.begins_on ? until(f.begins_on, 12 * YEARS) : ''
  const found: Record<string, string | undefined> = {
    name: f.name.trim().length >= 2 ? undefined : '请填写受托人姓名',
    id_number: idNumberOk(f.id_number) ? undefined : f.id_number ? '身份证号码不对，请逐位核对' : '请填写身份证号码',
    items: f.every || f.items.length ? undefined : '请至少选一个事项',
    begins_on: f.begins_on ? undefined : '请选择开始日期',
    ends_on: !f.ends_on ? '请选择截止日期' : f.ends_on < f.begins_on || f.ends_on < today() ? '截止日期不能早于开始日期或今天' : f.ends_on > longest ? '授权最长三年' : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v)) as Record<string, string>
}
/** Whether a delegation still counts, and what to call it. */
export function delegationState(d: { state: string; begins_on: string; ends_on: string }, now = today()): { name: string; tone: 'good' | 'wait' | 'plain'; live: boolean } {
  if (d.state === 'revoked') return { name: '已收回', tone: 'plain', live: false }
  if (d.ends_on < now) return { name: '已到期', tone: 'plain', live: false }
  return d.begins_on > now ? { name: '未开始', tone: 'wait', live: true } : { name: '有效', tone: 'good', live: true }
}

/** The level counts as the server gives it: a delegate's is the first, however well the company is known. */
export const enough = (o: Pick<Organisation, 'level'>, level: number) => o.level >= level
/** Only the representative raises a level, and none is raised beyond the second. */
export const mayRaise = (o: Pick<Organisation, 'level' | 'as_representative'>, level: number) => o.as_representative && !enough(o, level) && level <= 2
