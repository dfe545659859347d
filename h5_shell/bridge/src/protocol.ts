/** Words both sides of the bridge share. Data only; nothing here runs. */
import type { LaunchContext } from './methods'

export type { LaunchContext } from './methods'

export const HELLO = 'wanshi:hello'
export const PORT = 'wanshi:port'

/** A vendor's signature over the call (WeChat JSSDK); only the backend can judge it. */
export interface Proof {
  dialect: 'weixin'
  appId: string
  timestamp: string
  nonceStr: string
  signature: string
  /** The page that signed, without its hash. */
  url: string
}
export interface BridgeRequest { id: number; method: string; params?: unknown; dialect?: string; proof?: unknown }
export interface BridgeError { code: string; message: string; scope?: string; errorCode?: string }
export interface BridgeReply { id: number; result?: unknown; error?: BridgeError }
export interface BridgeEvent { event: string; data: unknown }
export interface Handover { type: typeof PORT; context: LaunchContext }

/** One table of refusals; `errors.ts` gives each dialect's own number for them. */
export const codes = {
  unknownMethod: 'method.unknown',
  /** A method of the table that this host cannot do. */
  unsupported: 'method.unsupported',
  badRequest: 'request.malformed',
  tooMany: 'rate.limited',
  undeclared: 'scope.undeclared',
  unapproved: 'scope.unapproved',
  /** Did not consent, or is not signed in. */
  refused: 'person.refused',
  /** Closed the picker, the scanner, the cashier. */
  cancelled: 'person.cancelled',
  tierTooLow: 'tier.too_low',
  gestureNeeded: 'gesture.needed',
  badProof: 'proof.invalid',
  ended: 'app.ended',
  offline: 'network.offline',
  failed: 'host.failed',
} as const
export type Code = typeof codes[keyof typeof codes]

/** A refusal with its code; the host sends it on, a dialect turns it into its own number. */
export class BridgeRefusal extends Error {
  readonly code: string
  readonly scope?: string
  /** The vendor's own number, where one result has several. */
  readonly errorCode?: string
  constructor(code: string, message: string, scope?: string, errorCode?: string) {
    super(message)
    this.code = code
    this.scope = scope
    this.errorCode = errorCode
  }
}
