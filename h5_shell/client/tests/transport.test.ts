import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, http, onSession, setToken } from '../src'

const session = { access_token: 'fresh', expires_in_s: 900, person: { id: 'p', display_name: '周**', tier: 1 } }
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
type Answer = (request: Request) => Response
let calls: string[]

function server(answer: Answer) {
  calls = []
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = typeof input === 'string' ? new Request(new URL(input, 'http://localhost:3000'), init) : input
    calls.push(`${request.method} ${new URL(request.url).pathname}`)
    return answer(request)
  })
}
const lost = vi.fn()
beforeEach(() => {
  lost.mockReset()
  onSession({ lost, renewed: () => {} })
  setToken('old')
})

describe('an expired token', () => {
  it('is refreshed once for many requests, and each is replayed with its body', async () => {
    const bodies: string[] = []
    server(request => {
      if (request.url.endsWith('/refresh')) return json(session)
      if (request.headers.get('Authorization') !== 'Bearer fresh') return json({ code: 'token.expired' }, 401)
      void request.text().then(t => bodies.push(t))
      return json({ ok: true })
    })
    await Promise.all([http.post('/a', { n: 1 }), http.post('/b', { n: 2 }), http.get('/c')])
    expect(calls.filter(c => c.endsWith('/refresh'))).toHaveLength(1)
    await vi.waitFor(() => expect(bodies.sort()).toEqual(['', '{"n":1}', '{"n":2}']))
  })
  it('that cannot be refreshed ends the session and shows the refusal', async () => {
    server(() => json({ code: 'session.none', title: '请先登录' }, 401))
    await expect(http.get('/me')).rejects.toMatchObject({ status: 401, code: 'session.none' })
    expect(lost).toHaveBeenCalledTimes(1)
    expect(calls).toEqual(['GET /api/v1/me', 'POST /api/v1/sessions/refresh'])
  })
})

it('a missing proof of an act is told at once: no refresh can give it', async () => {
  const act = { act: 'cases.submit', act_name: '提交办件申请', about: 'd1', digest: 'f' }
  server(() => new Response(JSON.stringify({ code: 'kernel.tier_required', act, required_tier: 3 }), {
    status: 401, headers: { 'Content-Type': 'application/problem+json', 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", acr_values="urn:wanshi:acr:t3"' },
  }))
  await expect(http.post('/cases', {})).rejects.toMatchObject({ act, requiredTier: 3 })
  expect(calls).toEqual(['POST /api/v1/cases'])
  expect(lost).not.toHaveBeenCalled()
})

it('my own list of sessions is no sign-in: an old token there is refreshed', async () => {
  server(request => (request.url.endsWith('/refresh') ? json(session) : request.headers.get('Authorization') === 'Bearer fresh' ? json({ items: [] }) : json({}, 401)))
  await expect(http.get('/me/sessions')).resolves.toEqual({ items: [] })
})

it('a wrong password is shown, not answered by a refresh', async () => {
  server(() => json({ code: 'credentials.wrong', detail: '密码不对' }, 401))
  await expect(http.post('/sessions', {})).rejects.toThrow('密码不对')
  expect(calls).toHaveLength(1)
})

it('field errors can be looked up by field, the first one winning', () => {
  const problem = new ApiProblem({ errors: [{ field: 'a', message: '一' }, { field: 'a', message: '二' }] })
  expect(problem.byField()).toEqual({ a: '一' })
})

it('a broken line is told apart from a refusal', async () => {
  vi.stubGlobal('fetch', async () => { throw new TypeError('failed') })
  await expect(http.get('/me')).rejects.toMatchObject({ offline: true })
})
