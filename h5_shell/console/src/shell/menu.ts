/** What the rail offers, and to whom; an empty list of roles means everybody who is signed in. */
export interface MenuEntry { to: string; name: string; icon: string; roles: string[] }

export const CASE_ROLES = ['case_officer', 'case_approver', 'case_head', 'case_window']
/** Who sees the numbers over all cases of the authority. */
export const COUNT_ROLES = ['case_officer', 'case_approver', 'case_head']
export const REGISTER_ROLES = ['system_admin', 'security_admin', 'security_auditor']
export const WINDOW_ROLES = ['realname_window']
export const REVIEW_ROLES = ['security_admin', 'supervisor']
export const LOCK_ROLES = ['security_admin']
export const FLOW_ROLES = ['flow_editor']
export const ITEM_ROLES = ['item_editor']
export const COUNTER_ROLES = ['case_window']
/** Who sees what the cities told the province. */
export const CITY_ROLES = ['system_admin', 'security_admin', 'security_auditor', 'supervisor']
export const EXCHANGE_ROLES = ['system_admin', 'security_admin', 'security_auditor']
/** Who keeps the calendar that every legal limit is counted by. */
export const YEAR_ROLES = ['system_admin']
/** An executing unit's finance people, and the treasury that lists what may be charged and closes the days. */
export const MONEY_ROLES = ['finance', 'treasurer']
export const TREASURY_ROLES = ['treasurer']
/** Who takes cash and cards at a hall's counter. */
export const CASHIER_ROLES = ['cashier']
/** Who keeps the messages, and who may look. */
export const MESSAGE_ROLES = ['message_operator', 'operator']
export const SEAL_ROLES = ['seal_keeper', 'seal_authority']
export const LICENCE_ROLES = ['licence_keeper']
/** Who sees what was issued and used in all offices. */
export const LICENCE_COUNT_ROLES = ['licence_keeper', 'supervisor']
/** Who may ask a holder for fields, and accept another office's proof. */
export const PROOF_ROLES = ['case_officer', 'case_approver', 'case_window', 'licence_keeper']
export const APP_ROLES = ['city_publisher', 'miniapp_reviewer']

export const MENU: MenuEntry[] = [
  { to: '/cases', name: '办件', icon: 'tasks', roles: CASE_ROLES },
  { to: '/counter', name: '综合受理', icon: 'window', roles: COUNTER_ROLES },
  { to: '/bundles', name: '一件事', icon: 'doc', roles: COUNT_ROLES },
  { to: '/items', name: '事项', icon: 'card', roles: ITEM_ROLES },
  { to: '/flows', name: '流程', icon: 'grid', roles: FLOW_ROLES },
  { to: '/apps', name: '城市应用', icon: 'qr', roles: APP_ROLES },
  { to: '/seals', name: '印章柜', icon: 'seal', roles: SEAL_ROLES },
  { to: '/licences', name: '证照管理', icon: 'licence', roles: LICENCE_ROLES },
  { to: '/licence-types', name: '证照目录', icon: 'doc', roles: LICENCE_ROLES },
  { to: '/licence-desk', name: '调证核验', icon: 'qr', roles: PROOF_ROLES },
  { to: '/payments', name: '缴费', icon: 'wallet', roles: MONEY_ROLES },
  { to: '/cashier', name: '收费窗口', icon: 'pay', roles: CASHIER_ROLES },
  { to: '/messages', name: '消息', icon: 'chat', roles: MESSAGE_ROLES },
  { to: '/window', name: '实名窗口', icon: 'window', roles: WINDOW_ROLES },
  { to: '/video', name: '视频核验', icon: 'video', roles: WINDOW_ROLES },
  { to: '/people', name: '人员', icon: 'people', roles: REGISTER_ROLES },
  { to: '/departments', name: '部门', icon: 'briefcase', roles: REGISTER_ROLES },
  { to: '/systems', name: '业务系统', icon: 'grid', roles: REGISTER_ROLES },
  { to: '/exchange', name: '办件交换', icon: 'share', roles: EXCHANGE_ROLES },
  { to: '/working-days', name: '工作日历', icon: 'clock', roles: YEAR_ROLES },
  { to: '/federation', name: '平台互认', icon: 'building', roles: REGISTER_ROLES },
  { to: '/imports', name: '存量用户导入', icon: 'upload', roles: REGISTER_ROLES },
  { to: '/means', name: '认证手段', icon: 'face', roles: REGISTER_ROLES },
  { to: '/reviews', name: '身份核查', icon: 'shield', roles: REVIEW_ROLES },
  { to: '/exchange/cities', name: '市级汇聚', icon: 'share', roles: ['supervisor'] },
  { to: '/licences/uses', name: '用证统计', icon: 'licence', roles: ['supervisor'] },
  { to: '/locks', name: '解除登录锁定', icon: 'key', roles: LOCK_ROLES },
  { to: '/my-systems', name: '我的系统', icon: 'card', roles: [] },
  { to: '/security', name: '账号安全', icon: 'device', roles: [] },
]

export const mayUse = (needed: string[] | undefined, held: string[]) => !needed?.length || needed.some(role => held.includes(role))
export const menuFor = (held: string[]) => MENU.filter(entry => mayUse(entry.roles, held))
/** Where somebody with these roles begins. */
export const homeFor = (held: string[]) => menuFor(held)[0]?.to ?? '/my-systems'
