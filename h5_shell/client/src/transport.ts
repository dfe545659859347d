/**
 * One place that knows about tokens. The access token lives in this closure and nowhere
 * else: not in storage, not in the store that devtools can print. A 401 is answered by
 * one refresh (shared by all waiting requests) and one replay.
 */
import { offlineProblem, problemFrom } from './problem'

/** Whom a session acts for; `in_force` is false when the ground for it is gone. */
export interface Acting { organisation_id: string; name: string; level_name: string; as_representative: boolean; in_force: boolean }
export interface SessionBody {
  access_token: string
  expires_in_s: number
  person: { id: string; display_name: string; tier: number }
  acting?: Acting | null
}

export const BASE = '/api/v1'
let token: string | null = null
let refreshing: Promise<SessionBody | null> | null = null
let lost: () => void = () => {}
let renewed: (s: SessionBody) => void = () => {}

export function setToken(value: string | null) {
  token = value
}

export function onSession(handlers: { lost: () => void; renewed: (s: SessionBody) => void }) {
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

async function askRefresh(): Promise<SessionBody | null> {
  const response = await fetch(`${BASE}/sessions/refresh`, { method: 'POST', credentials: 'same-origin' })
    .catch(() => { throw offlineProblem() })
  if (!response.ok) {
    token = null
    if (response.status >= 500) throw await problemFrom(response)
    return null
  }
  const session = await response.json() as SessionBody
  token = session.access_token
  renewed(session)
  return session
}

export function refreshSession(): Promise<SessionBody | null> {
  refreshing ??= askRefresh().finally(() => { refreshing = null })
  return refreshing
}

// A wrong password is also a 401; refreshing then would hide the real answer.
const asksForSession = (url: string) => /^\/api\/v1\/(sessions|sign-up)(\/|$)/.test(new URL(url).pathname)
/** Tier 3 is proved for each act, a recent sign-in by the person (RFC 9470): no refresh can give them. */
const wantsProof = (response: Response) => /acr:t3|max_age=/.test(response.headers.get('WWW-Authenticate') ?? '')

export async function transport(input: Request): Promise<Response> {
  const replay = input.clone()
  const response = await send(input)
  if (response.status !== 401 || asksForSession(input.url) || wantsProof(response)) return response
  const hadToken = token !== null
  const session = await refreshSession()
  if (session) return send(replay)
  if (hadToken) lost()
  return response
}

/** Raw image body with progress: fetch cannot report upload progress, so this is XHR. */
export async function upload<T>(
  method: 'PUT' | 'POST', path: string, body: Blob,
  options: { headers?: Record<string, string>; progress?: (ratio: number) => void } = {},
): Promise<T> {
  const once = () => new Promise<XMLHttpRequest>((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(method, BASE + path)
    if (token) xhr.setRequestHeader('Authorization', `Bearer ${token}`)
    xhr.setRequestHeader('Content-Type', body.type || 'image/jpeg')
    for (const [k, v] of Object.entries(options.headers ?? {})) xhr.setRequestHeader(k, v)
    xhr.upload.onprogress = e => { if (e.lengthComputable) options.progress?.(e.loaded / e.total) }
    xhr.onload = () => resolve(xhr)
    xhr.onerror = () => reject(offlineProblem())
    xhr.send(body)
  })
  let xhr = await once()
  if (xhr.status === 401 && await refreshSession()) xhr = await once()
  if (xhr.status >= 200 && xhr.status < 300) return (xhr.responseText ? JSON.parse(xhr.responseText) : undefined) as T
  throw await problemFrom(new Response(xhr.responseText, { status: xhr.status }))
}

/**
 * Server-sent events under the bearer token (EventSource cannot send one). Calls `heard` with each
 * event's name, and resolves when the stream ends or `signal` stops it.
 */
export async function listen(path: string, heard: (event: string) => void, signal: AbortSignal): Promise<void> {
  const response = await transport(new Request(BASE + path, { headers: { Accept: 'text/event-stream' }, signal }))
  if (!response.ok || !response.body) throw await problemFrom(response)
  const lines = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await lines.read()
    if (done) return
    const parts = (rest + value).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (line.startsWith('event: ')) heard(line.slice(7))
  }
}
