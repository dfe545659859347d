/**
 * One place that knows about tokens. The access token lives in this closure and nowhere else: not
 * in storage, not in the store that devtools can print. A 401 is answered by one refresh (shared
 * by all waiting requests) and one replay.
 */
import type { components } from './generated/staff.ts'
import { offlineProblem } from './problem.ts'

export type Session = components['schemas']['StaffSessionView']
const REFRESH = '/staff/v1/sessions/refresh'

let token: string | null = null
let refreshing: Promise<Session | null> | null = null
let lost: () => void = () => {}
let renewed: (s: Session) => void = () => {}

export function setToken(value: string | null) {
  token = value
}

export function onSession(handlers: { lost: () => void; renewed: (s: Session) => void }) {
  lost = handlers.lost
  renewed = handlers.renewed
}

async function send(request: Request): Promise<Response> {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw offlineProblem()
  }
}

async function askRefresh(): Promise<Session | null> {
  const response = await fetch(REFRESH, { method: 'POST', credentials: 'same-origin' }).catch(() => { throw offlineProblem() })
  if (!response.ok) {
    token = null
    return null
  }
  const session = await response.json() as Session
  token = session.access_token
  renewed(session)
  return session
}

// Officers keep several cases open. A refresh token used twice ends the session, so tabs take turns:
// the second one already sends the cookie the first one was given.
const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks ? navigator.locks.request('wanshi-staff-refresh', work) as Promise<T> : work()

export function refreshSession(): Promise<Session | null> {
  refreshing ??= inTurn(askRefresh).finally(() => { refreshing = null })
  return refreshing
}

// A wrong password is also a 401; refreshing then would hide the real answer.
const asksForSession = (url: string) => /^\/staff\/v1\/sessions(\/|$)/.test(new URL(url).pathname)
/** A recent sign-in is the person's to give (RFC 9470), not a refresh's; nothing is lost meanwhile. */
const wantsProof = (response: Response) => /max_age=/.test(response.headers.get('WWW-Authenticate') ?? '')

export async function transport(input: Request): Promise<Response> {
  const replay = input.clone()
  const response = await send(input)
  if (response.status !== 401 || asksForSession(input.url) || wantsProof(response)) return response
  const session = await refreshSession()
  if (session) return send(replay)
  lost()
  return response
}

function post(url: string, file: Blob, told: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('Content-Type', file.type)
    if (token) request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.upload.onprogress = e => { if (e.lengthComputable) told(e.loaded / e.total) }
    request.onerror = () => reject(offlineProblem())
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
    request.send(file)
  })
}

/** Send a file and tell how much of it has gone, which `fetch` cannot; otherwise as any request. */
export async function sendFile(url: string, file: Blob, told: (share: number) => void): Promise<Response> {
  const response = await post(url, file, told)
  if (response.status !== 401) return response
  if (await refreshSession()) return post(url, file, told)
  lost()
  return response
}
