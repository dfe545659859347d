import type { Post, PostAsked } from '#console/api/staff.ts'

export const emptyPost = (): PostAsked => ({ department_id: '', roles: [], region: '', window_id: '', window_level: '' })

/** A present post as the form takes it. */
export const asked = (post: Post): PostAsked => ({
  department_id: post.department_id,
  roles: post.roles.map(r => r.code),
  region: post.region,
  window_id: post.window?.id ?? '',
  window_level: (post.window?.level ?? '') as PostAsked['window_level'],
})

/** What is missing, in the words of the form. */
export function wrongIn(post: PostAsked): { department: string; roles: string; window: string } {
  const window = Boolean(post.window_id) !== Boolean(post.window_level) || (post.roles.includes('realname_window') && !post.window_id)
  return {
    department: post.department_id ? '' : '请选择部门',
    roles: post.roles.length ? '' : '请至少选择一个角色',
    window: window ? '窗口编号与大厅层级须同时填写；实名认证窗口岗位必须填写' : '',
  }
}
