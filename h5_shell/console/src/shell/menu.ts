/** What the rail offers, and to whom; an empty list of roles means everybody who is signed in. */
export interface MenuEntry { to: string; name: string; icon: string; roles: string[] }

export const CASE_ROLES = ['case_officer', 'case_approver']
export const REGISTER_ROLES = ['system_admin', 'security_admin', 'security_auditor']

export const MENU: MenuEntry[] = [
  { to: '/cases', name: '办件', icon: 'tasks', roles: CASE_ROLES },
  { to: '/people', name: '人员', icon: 'people', roles: REGISTER_ROLES },
  { to: '/departments', name: '部门', icon: 'briefcase', roles: REGISTER_ROLES },
  { to: '/systems', name: '业务系统', icon: 'grid', roles: REGISTER_ROLES },
  { to: '/my-systems', name: '我的系统', icon: 'card', roles: [] },
]

export const mayUse = (needed: string[] | undefined, held: string[]) => !needed?.length || needed.some(role => held.includes(role))
export const menuFor = (held: string[]) => MENU.filter(entry => mayUse(entry.roles, held))
/** Where somebody with these roles begins. */
export const homeFor = (held: string[]) => menuFor(held)[0]?.to ?? '/my-systems'
