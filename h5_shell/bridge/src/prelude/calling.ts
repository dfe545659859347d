/** Takes a vendor's call apart: its data, the functions in it, the adapter that answers it. */
import { numbers, type Numbers } from '../errors'
import { BridgeRefusal, codes } from '../protocol'
import { record, unsupported, type Ask, type Dialect, type Raw } from '../dialects/adapter'

export interface Failure { code: string; message: string; errorCode?: string; numbers: Numbers }
type Said = (value: unknown) => void

/** A copy without functions and other things a port cannot carry. */
export function plain(value: unknown, depth = 0): unknown {
  if (typeof value === 'function' || depth > 16) return undefined
  if (value instanceof Blob || value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(item => plain(item, depth + 1))
  const copy: Raw = {}
  Object.keys(value).forEach(key => {
    const said = plain((value as Raw)[key], depth + 1)
    if (said !== undefined) copy[key] = said
  })
  return copy
}

/** The function of this name among the params, or one that does nothing. */
export function callback(params: unknown, ...names: string[]): Said {
  for (const name of names) {
    const said = record(params)[name]
    if (typeof said === 'function') return said as Said
  }
  return () => undefined
}

export function failure(error: unknown): Failure {
  const { code, message, errorCode } = record(error) as { code?: unknown; message?: unknown; errorCode?: string }
  const known = typeof code === 'string' ? code : codes.failed
  return { code: known, message: String(message || '处理失败'), errorCode, numbers: numbers(known) }
}

/** Runs the adapter of a name; a name we lack is refused in the vendor's own way, not thrown. */
export function run(dialect: Dialect, ask: Ask, name: string, params: unknown): Promise<unknown> {
  const own = Object.prototype.hasOwnProperty.call(dialect, name)
  const adapter = own ? dialect[name] as Dialect[string] : unsupported
  try {
    return adapter(ask, record(plain(params)))
  } catch {
    return Promise.reject(new BridgeRefusal(codes.badRequest, '参数不正确'))
  }
}

/** A global on which any name may be called. `then` stays absent, or awaiting it would call it. */
export function anyName(known: Raw, call: (name: string) => unknown): unknown {
  return new Proxy(known, {
    get: (own, name) => (name in own || typeof name !== 'string' || name === 'then' ? own[name as string] : call(name)),
  })
}
