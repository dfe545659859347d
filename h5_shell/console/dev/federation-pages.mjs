// Platforms and imports, for shots.mjs: an administrator's pages, dialogs and states.
//   … npm run shots -- --set federation --login admin.system
const POINT = { kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' }
const HANDED = JSON.stringify({ code: '341000', level: 'city', keys: [{ ...POINT, kid: 'k-341000', use: 'sig', alg: 'ES256' }] }, null, 2)

export function pages({ press, steps }) {
  const row = name => async p => {
    await p.getByRole('link', { name }).first().click()
    await p.locator('h1[tabindex]').waitFor()
    await p.waitForLoadState('networkidle')
  }
  const answer = (glob, status, body = { title: '服务暂时不可用,请稍后再试' }) => p => p.route(glob, r => r.fulfill({ status, contentType: status < 400 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) }))
  const menu = name => p => p.getByRole('navigation', { name: '主导航' }).getByRole('link', { name }).click()
  const paste = text => p => p.getByLabel('对方公钥（JWK）').fill(text)
  const hefei = row('合肥市统一身份认证平台')
  return [
    ['fed', '/federation', true],
    ['fed-empty', '/people', true, steps(answer('**/federation/platforms', 200, { items: [] }), menu('平台互认'))],
    ['fed-failed', '/people', true, steps(answer('**/federation/*', 503), menu('平台互认'))],
    ['fed-waiting', '/people', true, steps(p => p.route('**/federation/*', () => {}), menu('平台互认'))],
    ['fed-new', '/federation', true, press('登记平台')],
    ['fed-new-blank', '/federation', true, steps(press('登记平台'), press('登记'))],
    ['fed-new-private', '/federation', true, steps(press('登记平台'), paste(JSON.stringify({ ...POINT, d: 'x', kid: 'k' })))],
    ['fed-new-other', '/federation', true, steps(press('登记平台'), paste('{"kty":"RSA","n":"x","e":"AQAB","kid":"a"}'))],
    ['fed-new-read', '/federation', true, steps(press('登记平台'), paste(HANDED))],
    ['fed-one', '/federation', true, hefei],
    ['fed-held', '/federation', true, row('亳州市统一身份认证平台')],
    ['fed-push', '/federation', true, steps(row('亳州市统一身份认证平台'), press('重新推送'))],
    ['fed-suspended', '/federation', true, row('马鞍山市政务服务平台')],
    ['fed-change', '/federation', true, steps(hefei, press('修改'))],
    ['fed-suspend', '/federation', true, steps(hefei, press('停用'), press('确认停用'))],
    ['fed-resume', '/federation', true, steps(row('马鞍山市政务服务平台'), press('恢复'))],
    ['fed-missing', '/federation/349900', true],
    ['imp', '/imports', true],
    ['imp-empty', '/people', true, steps(answer('**/federation/imports', 200, { items: [], next: null }), menu('存量用户导入'))],
    ['imp-done', '/imports', true, hefei],
    ['imp-going', '/imports', true, row('亳州市统一身份认证平台')],
    ['imp-missing', '/imports/00000000-0000-0000-0000-000000000000', true],
  ]
}
