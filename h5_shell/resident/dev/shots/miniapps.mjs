// Pages and sheets of running apps, services and permissions, for shots.mjs.

const APP = '/apps/hf.gjj'
const press = (p, name) => p.frameLocator('iframe').getByRole('button', { name, exact: true }).click()
const agree = p => p.getByRole('button', { name: '同意', exact: true }).click()
/** Presses a button of the app, agrees, and waits for what the shell shows. */
const after = (name, text, asks = true) => async p => {
  await press(p, name)
  if (asks) await agree(p)
  await p.getByText(text).first().waitFor()
  await p.waitForTimeout(500)
}
export async function stepUp(p) {
  await press(p, '取登录票据')
  await agree(p)
  await p.getByText('它需要“中级实名”').waitFor()
}
async function menu(p) {
  await p.frameLocator('iframe').getByText('"appid"').waitFor()
  await p.getByLabel('更多').click()
  await p.getByText('它可能用到').waitFor()
  await p.waitForTimeout(500)
}
const open = name => async p => { await p.getByRole('button', { name }).click(); await p.waitForTimeout(400) }

// Whatever the driver runs in a page counts as a tap: for the gesture sheet it must keep still.
export const miniapps = [
  ['services', '/services', 0], ['services-theme', '/services?theme=housing', 2], ['services-scene', '/services?scene=home', 0], ['services-department', '/services?by=department', 0],
  ['services-city', '/services?by=city&city=340200', 0], ['services-none', '/services?q=航天', 0],
  ['app', APP, 2, async p => { await p.frameLocator('iframe').getByText('"appid"').waitFor() }],
  ['app-menu', APP, 2, menu],
  ['app-consent', APP, 2, async p => { await press(p, '取登录票据'); await p.getByText('想知道是您').waitFor(); await p.waitForTimeout(500) }],
  ['app-consent-place', APP, 0, async p => { await press(p, '定位'); await p.getByText('想获取您的位置').waitFor(); await p.waitForTimeout(500) }],
  ['app-gesture', APP, 2, async p => { await press(p, '扫码'); await agree(p); await p.getByRole('button', { name: '取消' }).click(); await press(p, '过会儿扫码'); await p.waitForTimeout(8000); await p.getByText('继续吗').waitFor(); await p.waitForTimeout(400) }],
  ['app-scan', APP, 2, after('扫码', '从相册选一张')],
  ['app-share', APP, 2, after('分享', '复制链接')], ['app-pick', APP, 2, after('选图片', '从相册选')], ['app-outside', APP, 2, after('外链', '仍要打开')],
  ['app-phone', APP, 2, after('打电话', '拨打这个号码')], ['app-pay', APP, 2, after('付款', '去支付')], ['app-face', APP, 2, after('刷脸', '当场核验')],
  ['app-confirm', APP, 2, after('提示框', '再想想', false)], ['app-prompt', APP, 2, after('填一句', '经办人', false)], ['app-actions', APP, 2, after('选一个', '退休', false)],
  ['app-region', APP, 2, after('选地区', '马鞍山市', false)], ['app-wait', APP, 2, after('等待', '正在查询', false)], ['app-toast', APP, 2, after('提示', '已保存', false)],
  ['app-report', APP, 2, async p => { await menu(p); await p.getByRole('button', { name: '举报' }).click(); await p.getByText('具体情况').waitFor(); await p.waitForTimeout(500) }],
  ['app-suspended', '/apps/hf.halted', 0], ['app-missing', '/apps/hf.nothing', 0],
  ['app-offline', APP, 2, async p => { await menu(p); await p.context().setOffline(true); await p.getByRole('button', { name: '重新打开' }).click(); await p.getByText('网络连接不上').waitFor() }],
  ['app-slow', APP, 2, async p => { await p.route('**/v/1/guest.html', () => {}); await p.reload({ waitUntil: 'commit' }); await p.getByText('打开得有点慢').waitFor() }],
  ['api-services', '/apps/tl.bianmin', 2], ['api-form', '/apps/tl.bianmin', 2, open('查公积金余额')],
  ['api-errors', '/apps/tl.bianmin', 2, async p => { await open('查公积金余额')(p); await p.getByLabel('公积金账号').fill('000000000'); await p.getByLabel('年度').selectOption('0'); await open('查询')(p) }],
  ['api-record', '/apps/tl.bianmin', 2, async p => { await open('查公积金余额')(p); await p.getByLabel('公积金账号').fill('110000231'); await p.getByLabel('年度').selectOption('0'); await open('查询')(p) }],
  ['api-list', '/apps/tl.bianmin', 2, open('办理网点')],
  ['permissions', '/me/permissions', 2], ['permissions-one', '/me/permissions?app=hf.gjj', 2, async p => { await p.getByRole('button', { name: '收回合肥公积金的“获取您的位置”' }).click(); await p.waitForTimeout(400) }],
  ['uses', '/me/permissions/uses', 2], ['settings', '/me/settings', 2], ['messages-guest', '/messages', 0],
  ['settings-huge', '/me/settings', 2, async p => { const huge = p.getByRole('radio', { name: '特大' }); if (await huge.count()) await huge.check({ force: true }) }],
  ['home-english', '/me/settings', 2, async p => { await p.getByRole('radio', { name: 'English' }).check({ force: true }); await p.getByText('Text size').or(p.getByText('Display')).first().waitFor(); await p.getByLabel('返回').click(); await p.goto(new URL('/', p.url()).href, { waitUntil: 'networkidle' }) }],
]
