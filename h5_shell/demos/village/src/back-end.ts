/** Our own server. The manifest is the one place that names it, and the policy follows the manifest. */
let session = ''
const base = fetch('app.json').then(reply => reply.json() as Promise<{ network: { request: string[] } }>).then(m => m.network.request[0] ?? '')

export class Refusal extends Error {
  constructor(readonly status: number, message: string) { super(message) }
}

export async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const init = {
    method,
    headers: { 'content-type': 'application/json', ...(session ? { authorization: `Bearer ${session}` } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  }
  const reply = await fetch(`${await base}/village${path}`, init).catch(() => { throw new Refusal(0, '网络不通，请检查后再试') })
  const told = await reply.json() as T & { title?: string }
  if (!reply.ok) throw new Refusal(reply.status, told.title ?? '现在办不了，请稍后再试')
  return told
}

/** Whether somebody is signed in. */
export const signedIn = () => session !== ''

export async function signIn(code: string): Promise<void> {
  session = (await call<{ session: string }>('POST', '/sessions', { code })).session
}
