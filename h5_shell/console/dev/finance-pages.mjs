// The finance people's pages where nothing is there, or nothing comes, for shots.mjs.
//   … npm run shots -- --set finance --login bao.treasury
export function pages({ base, steps }) {
  const answer = (path, status, body) => p => p.route(path, r => r.fulfill({ status, contentType: status < 400 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) }))
  const goes = to => p => p.goto(base + to, { waitUntil: 'networkidle' })
  const DOWN = { title: '服务暂时不可用，请稍后再试' }
  const shown = (path, act) => steps(act, goes(path))
  return [
    ['finance-bills-none', '/security', true, shown('/payments', answer('**/staff/v1/bills**', 200, { items: [] }))],
    ['finance-bills-down', '/security', true, shown('/payments?state=paid', answer('**/staff/v1/bills**', 503, DOWN))],
    ['finance-refunds-none', '/security', true, shown('/payments/refunds', answer('**/staff/v1/refunds**', 200, { items: [] }))],
    ['finance-refunds-down', '/security', true, shown('/payments/refunds', answer('**/staff/v1/refunds**', 503, DOWN))],
    ['finance-fee-items-empty', '/security', true, shown('/payments/fee-items?agency=11341602MBDM99999X', answer('**/staff/v1/fee-items**', 200, { items: [] }))],
    ['finance-days-none', '/security', true, shown('/payments/reconciliation', answer('**/staff/v1/reconciliations**', 200, { items: [] }))],
    ['finance-days-down', '/security', true, shown('/payments/reconciliation', p => p.route('**/staff/v1/reconciliations**', r => r.abort()))],
  ]
}
