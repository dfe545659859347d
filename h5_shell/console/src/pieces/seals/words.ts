import type { Authority, Leave, LeaveWanted, Seal, StepName } from '#console/api/seals.ts'
import type { Tone } from '#console/pieces/cases/states.ts'
import { dayKey } from '#console/shell/format.ts'

const TONES: Record<string, Tone> = { applied: 'wait', approved: 'wait', made: 'wait', recorded: 'wait', issued: 'good', lost: 'bad', rejected: 'bad', retiring: 'wait', destroyed: 'plain' }
export const sealTone = (state: string): Tone => TONES[state] ?? 'plain'

/** Each step: which post takes it, what follows from it, and whether it is grave. */
export interface StepDeed { name: string; role: 'seal_keeper' | 'seal_authority'; explain: string; grave: boolean; done: string; phrases: string[] }
export const STEPS: Record<StepName, StepDeed> = {
  approve: { name: '审核通过', role: 'seal_authority', explain: '通过后可以制作。申请人不能审核自己的申请。', grave: false, done: '已审核通过', phrases: [] },
  reject: { name: '审核不通过', role: 'seal_authority', explain: '这次申请到此为止，单位可以重新申请。', grave: true, done: '已退回申请', phrases: ['名称与批文不符', '印模不符合规格', '缺少批准文件'] },
  make: { name: '制作', role: 'seal_authority', explain: '生成密钥和证书，制作印章。制作人与备案人不能是同一人。', grave: false, done: '已制作', phrases: [] },
  record: { name: '备案', role: 'seal_authority', explain: '登记备案编号，备案后由单位领取。', grave: false, done: '已备案', phrases: [] },
  issue: { name: '发放', role: 'seal_keeper', explain: '发放后即可授权使用。', grave: false, done: '已发放', phrases: [] },
  report_lost: { name: '挂失', role: 'seal_keeper', explain: '挂失后立即不能用印，证书列入吊销名单；挂失以后盖的章一律无效，且不能恢复。', grave: true, done: '已挂失', phrases: ['密钥介质遗失', '疑似被他人使用'] },
  retire: { name: '申请销毁', role: 'seal_keeper', explain: '提交后不能再用印，等待主管销毁。', grave: true, done: '已申请销毁', phrases: ['机构撤并', '单位更名', '挂失后重新制发'] },
  destroy: { name: '销毁', role: 'seal_authority', explain: '密钥销毁后不能恢复。此前盖过的章仍可验证。', grave: true, done: '已销毁', phrases: ['机构撤并', '挂失后销毁'] },
}
const isStep = (name: string): name is StepName => name in STEPS
/** The steps of a seal that somebody with these roles may take now. */
export const stepsFor = (seal: Pick<Seal, 'steps'>, roles: string[]): StepName[] => seal.steps.filter(isStep).filter(name => roles.includes(STEPS[name].role))
/** What comes next, and whose turn it is. */
export function nextTold(seal: Pick<Seal, 'steps' | 'state'>, roles: string[]): string {
  if (seal.state === 'issued') return '可以授权使用'
  const next = seal.steps.filter(isStep)
  if (!next.length) return ''
  const mine = stepsFor(seal, roles)
  const names = (steps: StepName[]) => steps.map(name => STEPS[name].name).join('或')
  return mine.length ? `等您${names(mine)}` : `等${STEPS[next[0]!].role === 'seal_authority' ? '印章主管' : '印章管理员'}${names(next)}`
}

/** Posts that put seals on documents. */
export const POSTS = [
  ['case_officer', '办件人员'], ['case_approver', '审批负责人'], ['case_head', '机关负责人'], ['case_window', '综合受理窗口'], ['licence_keeper', '证照管理员'], ['automatic', '系统自动用印'],
] as const
export function holderTold(holder: string, me = ''): string {
  const [kind, id = ''] = holder.split(':')
  if (kind === 'post') return POSTS.find(([code]) => code === id)?.[1] ?? `岗位 ${id}`
  return id === me ? '本人' : `人员 ${id.slice(0, 8)}…`
}
export const limitTold = (l: Pick<Leave, 'allowed' | 'used'>) => l.allowed ? `${l.used} / ${l.allowed} 次` : `${l.used} 次，不限`
export function leaveStanding(l: Pick<Leave, 'withdrawn_at' | 'valid_from' | 'valid_to' | 'allowed' | 'used'>, today: string): { tone: Tone; name: string; live: boolean } {
  if (l.withdrawn_at) return { tone: 'plain', name: '已收回', live: false }
  if (l.valid_to < today) return { tone: 'plain', name: '已到期', live: false }
  if (l.allowed && l.used >= l.allowed) return { tone: 'plain', name: '次数用完', live: false }
  return l.valid_from > today ? { tone: 'wait', name: '未开始', live: true } : { tone: 'good', name: '有效', live: true }
}

export interface LeaveForm { kind: 'post' | 'me' | 'staff'; post: string; staff: string; every: boolean; type: string; item: string; allowed: number; from: string; to: string }
export function leaveForm(): LeaveForm {
  const from = dayKey(new Date())
  return { kind: 'post', post: 'case_approver', staff: '', every: true, type: '', item: '', allowed: 0, from, to: `${Number(from.slice(0, 4)) + 1}${from.slice(4).replace('-02-29', '-02-28')}` }
}
export const leaveWrongs = (f: LeaveForm) => ({
  staff: f.kind === 'staff' && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(f.staff.trim().toLowerCase()) ? '请填写人员编号，在“人员详情”的网址末尾' : '',
  type: !f.every && !/^[0-9A-Z]{21}$/.test(f.type.trim().toUpperCase()) ? '类型代码是 18 位信用代码加 3 位序号' : '',
  item: /^[0-9A-Za-z-]{0,40}$/.test(f.item.trim()) ? '' : '事项编码由数字和字母组成，不超过 40 位',
  from: f.from ? '' : '请选择开始日期',
  to: !f.to ? '请选择截止日期' : f.to < f.from ? '截止日期不能早于开始日期' : '',
})
export const leaveWanted = (f: LeaveForm, me: string): LeaveWanted => ({
  holder: f.kind === 'post' ? `post:${f.post}` : `staff:${f.kind === 'me' ? me : f.staff.trim().toLowerCase()}`,
  document_type: f.every ? '*' : f.type.trim().toUpperCase(), item: f.item.trim(), allowed: f.allowed, valid_from: f.from, valid_to: f.to,
})

const STANDINGS: Record<string, { tone: Tone; name: string }> = { trusted: { tone: 'good', name: '信任' }, suspended: { tone: 'bad', name: '已暂停' }, requested: { tone: 'wait', name: '等省级签发' } }
export const standingOf = (standing: string) => STANDINGS[standing] ?? { tone: 'plain' as const, name: standing }
export const algorithmName = (code: string) => ({ sm2: 'SM2（国密）', p256: 'P-256（国际）' })[code] ?? code
/** A list past its time proves nothing: whoever checks a seal against it must be told. */
export function listTold(a: Pick<Authority, 'list_number' | 'list_until'>, now: Date): { tone: Tone; name: string } {
  if (!a.list_until) return { tone: 'wait', name: '还没有名单' }
  return new Date(a.list_until) < now ? { tone: 'bad', name: `第 ${a.list_number} 号，已过期` } : { tone: 'good', name: `第 ${a.list_number} 号` }
}
