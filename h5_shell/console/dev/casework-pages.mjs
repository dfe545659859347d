// Items, window, bundles, exchange and calendar, for shots.mjs; each login sees its own.
//   … npm run shots -- --set casework --login feng.window        shen.items, bz.market, guo.head, admin.system
const OF = {
  'feng.window': ({ press, steps }) => [
    ['counter', '/counter', true], ['counter-blank', '/counter', true, press('开始受理')],
    ['counter-correction', '/counter?way=correction', true], ['counter-correction-blank', '/counter?way=correction', true, press('核对到场')],
    ['counter-delivery', '/counter?way=delivery', true], ['counter-bundles', '/counter?way=bundle', true],
    ['counter-theme', '/counter?way=bundle', true, steps(p => p.getByRole('button', { name: '受理' }).first().click(), press('看看怎么办'))],
    ['counter-pick', '/counter', true, steps(p => p.getByRole('combobox', { name: '要办的事项' }).click(), p => p.locator('.item-option').first().waitFor())],
  ],
  'shen.items': ({ press, steps }) => {
    const openFirst = async p => { await p.locator('tbody a').first().click(); await p.getByText('版本差异').first().waitFor(); await p.waitForLoadState('networkidle') }
    return [
      ['items', '/items', true], ['items-new', '/items', true, p => p.locator('.head .el-button').click()], ['items-published', '/items/published', true], ['items-one', '/items/published', true, openFirst],
      ['items-none', '/items/published', true, steps(p => p.getByLabel('搜索已发布事项').fill('航天'), press('搜索'), p => p.getByText('没有相符的事项').waitFor())],
      ['items-materials', '/items/materials', true], ['items-figures', '/items/statistics', true], ['items-experiences', '/items/experiences', true], ['items-imports', '/items/imports', true],
    ]
  },
  'bz.market': () => [['bundles', '/bundles', true], ['bundle', '/bundles', true, async p => { await p.locator('tbody a').first().click(); await p.getByText('办理过程').waitFor(); await p.waitForLoadState('networkidle') }]],
  'guo.head': ({ press }) => [['entries', '/entries', true], ['entries-limit', '/entries', true, press('设定时限')]],
  'admin.system': () => [
    ['exchange', '/exchange', true], ['exchange-system', '/exchange', true, async p => { await p.locator('tbody button.link').first().click(); await p.waitForLoadState('networkidle') }],
    ['exchange-cities', '/exchange/cities', true], ['working-days', '/working-days', true],
  ],
}
export function pages(tools) {
  const login = process.argv[process.argv.indexOf('--login') + 1]
  return OF[login](tools)
}
