// The window desks, for shots.mjs. The one lock it ends is nobody's.
//   … npm run shots -- --set window --login wu.window
export function pages({ press, steps }) {
  const fill = async p => {
    await p.getByLabel(/^登录名/).fill('nobody.at.all')
    await p.locator('.desk .el-checkbox').click()
  }
  return [
    ['window-lock', '/window?for=lock', true],
    ['window-lock-blank', '/window?for=lock', true, press('解除登录锁定')],
    ['window-lock-done', '/window?for=lock', true, steps(fill, press('解除登录锁定'), p => p.getByText('已处理').waitFor())],
  ]
}
