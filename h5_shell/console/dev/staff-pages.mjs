// The register of staff, for shots.mjs: every page, dialog and state an administrator meets.
export function pages({ base, press, steps }) {
  const go = path => p => p.goto(base + path, { waitUntil: 'networkidle' })
  const person = name => async p => {
    await go(`/people?q=${name}`)(p)
    await p.locator('tbody a').first().click()
    await p.getByRole('heading', { name: '变动历史' }).waitFor()
    await p.waitForLoadState('networkidle')
  }
  const system = name => async p => {
    await go('/systems')(p)
    await p.getByRole('link', { name }).click()
    await p.waitForLoadState('networkidle')
  }
  const answer = (glob, status) => p => p.route(glob, r => r.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ title: '服务暂时不可用,请稍后再试' }) }))
  return [
    ['staff-people', '/people', true],
    ['staff-people-search', '/people?q=wu', true],
    ['staff-people-empty', '/people?state=cancelled', true],
    ['staff-people-failed', '/my-systems', true, steps(answer('**/staff/v1/staff?**', 503), p => p.getByRole('link', { name: '人员' }).click())],
    ['staff-people-waiting', '/my-systems', true, steps(p => p.route('**/staff/v1/staff?**', () => {}), p => p.getByRole('link', { name: '人员' }).click())],
    ['staff-open', '/people', true, press('新开账号')],
    ['staff-open-blank', '/people', true, steps(press('新开账号'), press('开户'))],
    ['staff-open-admin', '/people', true, steps(press('新开账号'), async p => { await p.locator('.el-checkbox', { hasText: '安全审计员' }).click() })],
    ['staff-person', '/people', true, person('wu.window')],
    ['staff-person-self', '/people', true, person('admin.system')],
    ['staff-person-missing', '/people/00000000-0000-0000-0000-000000000000', true],
    ['staff-transfer', '/people', true, steps(person('wu.window'), press('调岗'))],
    ['staff-cancel', '/people', true, steps(person('wu.window'), press('注销'))],
    ['staff-cancel-blank', '/people', true, steps(person('wu.window'), press('注销'), press('确认注销'))],
    ['staff-departments', '/departments', true],
    ['staff-department-new', '/departments', true, press('新增部门')],
    ['staff-systems', '/systems', true],
    ['staff-system-new', '/systems', true, press('登记系统')],
    ['staff-system-unified', '/systems', true, system('安徽省政务督办系统（演示）')],
    ['staff-system-mapped', '/systems', true, system('安徽省电子档案系统（演示）')],
    ['staff-system-change', '/systems', true, steps(system('安徽省电子档案系统（演示）'), press('修改接入方式'))],
    ['staff-my-systems', '/my-systems', true],
    ['staff-activate', '/activate', false],
    ['staff-activate-blank', '/activate', false, press('设置密码')],
  ]
}
