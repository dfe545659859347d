import { problemFrom } from './problem'
import { BASE, transport } from './transport'

type Query = Record<string, string | number | undefined | null>
interface Options { query?: Query; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal }

function address(path: string, query: Query = {}): string {
  const url = new URL(BASE + path, location.origin)
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== null && v !== '') url.searchParams.set(k, String(v))
  return url.href
}

async function call<T>(method: string, path: string, o: Options = {}): Promise<T> {
  const headers = new Headers({ Accept: 'application/json', ...o.headers })
  if (o.body !== undefined) headers.set('Content-Type', 'application/json')
  const body = o.body === undefined ? null : JSON.stringify(o.body)
  const request = new Request(address(path, o.query), { method, headers, body, credentials: 'same-origin', signal: o.signal ?? null })
  const response = await transport(request)
  if (!response.ok) throw await problemFrom(response)
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const http = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, headers?: Record<string, string>) => call<T>('POST', path, { body, headers }),
  put: <T>(path: string, body?: unknown, headers?: Record<string, string>) => call<T>('PUT', path, { body, headers }),
  delete: <T>(path: string, headers?: Record<string, string>) => call<T>('DELETE', path, { headers }),
}

/** Encode one path segment; codes and numbers come from addresses people can type. */
export const seg = (value: string) => encodeURIComponent(value)
