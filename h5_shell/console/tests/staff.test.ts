import { describe, expect, it } from 'vitest'
import type { HistoryLine, Post } from '../src/api/staff'
import { asked, emptyPost, wrongIn } from '../src/pieces/staff/post'
import { accountsOf } from '../src/pieces/staff/systems'
import { indented } from '../src/pieces/staff/tree'
import { barredRole, changeOf, DEEDS, postLine, stateOf, tidyCode } from '../src/pieces/staff/words'
import { homeFor, mayUse, MENU, menuFor } from '../src/shell/menu'

const post = (more: Partial<Post> = {}): Post => ({
  department_id: 'd1', department_name: '谯城区政务服务中心', region: '341602', region_name: '安徽省亳州市谯城区',
  roles: [{ code: 'realname_window', name: '实名认证窗口', administrator: false }], window: { id: 'A03', level: 'county', level_name: '县级' }, ...more,
})
const ADMINS = ['system_admin', 'security_admin', 'security_auditor']

describe('the menu', () => {
  it('offers to each role what it may use, and to everybody their own systems', () => {
    const names = (...roles: string[]) => menuFor(roles).map(m => m.name)
    expect(names('case_officer')).toEqual(['办件', '一件事', '调证核验', '我的系统', '账号安全'])
    expect(names('security_auditor')).toEqual(['人员', '部门', '业务系统', '办件交换', '平台互认', '存量用户导入', '认证手段', '我的系统', '账号安全'])
    expect(names('realname_window')).not.toContain('人员')
    expect(names()).toEqual(['我的系统', '账号安全'])
  })
  it('leads each role to a page it may use', () => {
    for (const roles of [['case_approver'], ['system_admin'], ['finance'], []]) {
      const home = MENU.find(m => m.to === homeFor(roles))
      expect(mayUse(home?.roles, roles)).toBe(true)
    }
  })
})

describe('a post', () => {
  it('is one line of words', () => {
    expect(postLine(post())).toBe('谯城区政务服务中心 · 实名认证窗口 · 安徽省亳州市谯城区 · 县级大厅 A03 号窗口')
    expect(postLine(post({ roles: [], window: null }))).toContain('暂无角色')
    expect(postLine(null)).toBe('')
  })
  it('goes into the form and comes back the same', () => {
    expect(asked(post())).toEqual({ department_id: 'd1', roles: ['realname_window'], region: '341602', window_id: 'A03', window_level: 'county' })
  })
  it('names what is missing', () => {
    expect(wrongIn(emptyPost())).toMatchObject({ department: '请选择部门', roles: '请至少选择一个角色', window: '' })
    expect(wrongIn({ ...asked(post()), window_id: '' }).window).not.toBe('')
    expect(wrongIn({ ...asked(post()), window_id: '', window_level: '' }).window).not.toBe('')
    expect(wrongIn(asked(post()))).toEqual({ department: '', roles: '', window: '' })
  })
})

describe('administrators hold one role alone', () => {
  it.each([
    [[], 'system_admin', false], [['case_officer'], 'case_approver', false], [['case_officer'], 'system_admin', true],
    [['system_admin'], 'security_admin', true], [['system_admin'], 'case_officer', true], [['system_admin'], 'system_admin', false],
  ])('with %j ticked, %s is barred: %s', (picked, code, barred) => expect(barredRole(code, ADMINS, picked as string[])).toBe(barred))
})

describe('history', () => {
  const line = (more: Partial<HistoryLine>) => ({ move: 'transfer', before: null, after: null, ...more }) as HistoryLine
  it('says from where to where, and nothing where nothing moved', () => {
    expect(changeOf(line({ before: post(), after: post({ department_name: '综合处', window: null }) })).to).toContain('综合处')
    expect(changeOf(line({ move: 'suspend', before: post(), after: post() }))).toEqual({ from: '', to: '' })
    expect(changeOf(line({ move: 'cancel', before: post() }))).toMatchObject({ to: '' })
  })
})

it('a tree becomes rows, each below its own; an orphan stands at the top', () => {
  const d = (id: string, parent_id: string | null) => ({ id, parent_id, name: id })
  const rows = indented([d('a', null), d('b', null), d('a1', 'a'), d('a11', 'a1'), d('x', 'unseen')])
  expect(rows.map(r => `${'-'.repeat(r.depth)}${r.item.id}`)).toEqual(['a', '-a1', '--a11', 'b', 'x'])
})

it('a code is tidied however it was typed', () => {
  expect(tidyCode(' 7qk2m9xa  bcde-fghj ')).toBe('7QK2-M9XA-BCDE-FGHJ')
  expect(tidyCode('')).toBe('')
})

it('what cannot be undone says so', () => {
  expect(DEEDS.cancel.explain).toContain('不能恢复')
  expect(Object.values(DEEDS).filter(d => d.grave)).toHaveLength(1)
  expect(stateOf('anything')).toBe('')
})

it('accounts are counted by the kind of attachment', () => {
  expect(accountsOf({ mode: 'unified', accounts: 3, mappings: 9 })).toBe('3 个在用')
  expect(accountsOf({ mode: 'mapped', accounts: 3, mappings: 9 })).toBe('9 个已绑定')
  expect(accountsOf({ mode: 'none', accounts: 3, mappings: 9 })).toBe('—')
})
