/**
 * The vendor's top-window protocol (浙里办's script in an iframe):
 * `{_uid, from:'child', method, params}` and back `{_uid, from:'top', method, data}`.
 */
import { numbers } from '../errors'
import { isMethod } from '../methods'
import type { BridgeError } from '../protocol'
import { unsupported, type Adapter, type Ask, type Raw } from './adapter'
import { ZWJS } from './zwjs'

export interface ChildMessage { _uid?: unknown; from?: unknown; method?: unknown; params?: unknown }
export type ChildReply = { _uid: unknown; from: 'top'; method: string; data: Raw }

export const isChild = (data: ChildMessage): boolean => data.from === 'child' && typeof data.method === 'string'
  && (typeof data._uid === 'string' || typeof data._uid === 'number')

/** Who answers a name: ours as it is, the vendor's through its adapter. */
export function childCall(name: string): Adapter {
  if (isMethod(name)) return (ask: Ask, params) => ask(name, params as never)
  return Object.prototype.hasOwnProperty.call(ZWJS, name) ? ZWJS[name] as Adapter : unsupported
}

export function childReply({ _uid, method }: ChildMessage, r: { result?: unknown; error?: BridgeError }): ChildReply {
  const data: Raw = r.error
    ? { errorCode: r.error.errorCode || numbers(r.error.code).zwjs, errorMessage: r.error.message }
    : { errorCode: 0, result: r.result }
  return { _uid, from: 'top', method: String(method), data }
}
