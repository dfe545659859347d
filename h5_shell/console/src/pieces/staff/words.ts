import type { HistoryLine, Post, StaffAction, StaffState } from '#console/api/staff.ts'
import type { Tone } from '#console/pieces/cases/states.ts'

export const STATE_TONES: Record<StaffState, Tone> = { active: 'good', suspended: 'wait', cancelled: 'plain' }

export const TABS: { state: StaffState | ''; name: string }[] = [
  { state: '', name: '全部' }, { state: 'active', name: '在岗' }, { state: 'suspended', name: '已停用' }, { state: 'cancelled', name: '已注销' },
]
export const stateOf = (value: unknown): StaffState | '' => TABS.find(t => t.state === value)?.state ?? ''

export const LEVELS = [
  { code: 'province', name: '省级大厅' }, { code: 'city', name: '市级大厅' }, { code: 'county', name: '县级大厅' }, { code: 'town', name: '乡镇便民中心' },
] as const

/** The words of each act, and what the administrator should know before doing it. */
export interface StaffDeed { name: string; title: string; explain: string; confirm: string; done: string; phrases: string[]; grave: boolean }

export const DEEDS: Record<StaffAction, StaffDeed> = {
  transfer: {
    name: '调岗', title: '调整岗位', confirm: '确认调岗', done: '已调岗', grave: false, phrases: ['岗位轮换', '内部调动', '机构调整'],
    explain: '新岗位立即生效，此人须重新登录；已接入的业务系统会同步。',
  },
  suspend: {
    name: '停用', title: '停用账号', confirm: '确认停用', done: '账号已停用', grave: false, phrases: ['借调外单位', '长期休假', '配合调查'],
    explain: '此人会立即退出登录，之后不能登录，直到恢复。办过的件不受影响。',
  },
  resume: {
    name: '恢复', title: '恢复账号', confirm: '确认恢复', done: '账号已恢复', grave: false, phrases: ['借调结束', '休假结束'],
    explain: '恢复后按原岗位登录，业务系统账号同时恢复。',
  },
  cancel: {
    name: '注销', title: '注销账号', confirm: '确认注销', done: '账号已注销', grave: true, phrases: ['退休', '离职', '调离本省'],
    explain: '注销后不能恢复，账号名不再分配给他人。此人会立即退出登录；办过的件仍署原名。',
  },
  activation: {
    name: '重置密码', title: '发放新激活码', confirm: '生成激活码', done: '已生成激活码', grave: false, phrases: [],
    explain: '生成一次性激活码，由本人设置新密码。此前未用的激活码作废；密码设置前，原密码仍可使用。',
  },
}

/** Not among the deeds the register lists: factors belong to the sign-in, and only the security administrator removes them. */
export const FORGET_FACTORS: StaffDeed = {
  name: '移除第二重验证', title: '移除第二重验证', confirm: '确认移除', done: '已移除第二重验证', grave: true, phrases: [],
  explain: '用于本人丢失或损坏通行密钥、验证器时，请先当面核实是本人。移除后此人会立即退出登录，通行密钥和验证器全部作废，不能找回；下次登录须重新设置。',
}

export const rolesOf = (post: Post | null) => post?.roles.map(r => r.name).join('、') ?? ''
export const windowOf = (post: Post | null) => post?.window ? `${post.window.level_name}大厅 ${post.window.id} 号窗口` : ''

/** A post in one line, for history and proposals. */
export function postLine(post: Post | null): string {
  if (!post) return ''
  return [post.department_name, rolesOf(post) || '暂无角色', post.region_name, windowOf(post)].filter(Boolean).join(' · ')
}

/** What a move changed: from where, to where. */
export function changeOf(line: HistoryLine): { from: string; to: string } {
  const [from, to] = [postLine(line.before), postLine(line.after)]
  return from === to ? { from: '', to: '' } : { from, to }
}

/** Administrators hold one role alone (三员分立): what else may be ticked beside what is. */
export function barredRole(code: string, administrators: string[], picked: string[]): boolean {
  if (picked.includes(code) || !picked.length) return false
  return administrators.includes(code) || picked.some(p => administrators.includes(p))
}

/** A code as it was handed over, however it was typed. */
export const tidyCode = (text: string) => text.toUpperCase().replace(/[^0-9A-Z]/g, '').replace(/(.{4})(?=.)/g, '$1-')
