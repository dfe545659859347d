// What the security administrator does, for shots.mjs. The one lock it ends is nobody's.
//   … npm run shots -- --set guard --login admin.security
export function pages({ base, press, steps }) {
  const person = name => async p => {
    await p.goto(`${base}/people?q=${name}`, { waitUntil: 'networkidle' })
    await p.locator('tbody a').first().click()
    await p.getByRole('heading', { name: '变动历史' }).waitFor()
    await p.waitForLoadState('networkidle')
  }
  const fill = async p => {
    await p.getByLabel(/^登录名/).fill('nobody.at.all')
    await p.locator('.desk .el-checkbox').click()
  }
  return [
    ['locks', '/locks', true],
    ['locks-blank', '/locks', true, press('解除登录锁定')],
    ['locks-staff', '/locks', true, p => p.getByText('工作人员', { exact: true }).click()],
    ['locks-done', '/locks', true, steps(fill, press('解除登录锁定'), p => p.getByText('已处理').waitFor())],
    ['factors', '/people', true, person('wu.window')],
    ['factors-sure', '/people', true, steps(person('wu.window'), press('移除第二重验证'))],
    ['factors-self', '/people', true, person('admin.security')],
    ['reviews-proposed', '/reviews?state=proposed', true],
    ['reviews-open', '/reviews', true],
    ['guard-federation', '/federation', true],
  ]
}
