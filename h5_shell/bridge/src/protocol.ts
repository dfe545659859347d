/** Words both sides of the bridge share. JSON only; nothing here runs. */
export const HELLO = 'wanshi:hello'
export const PORT = 'wanshi:port'

export interface LaunchContext {
  appid: string
  platform: string
  uiStyle: 'normal' | 'elder'
  region: { code: string; name: string }
}
export interface BridgeRequest { id: number; method: string; params?: unknown }
export interface BridgeError { code: string; message: string }
export interface BridgeReply { id: number; result?: unknown; error?: BridgeError }

/** One table of refusals; dialects map it to their own numbers later. */
export const codes = {
  unknownMethod: 'method.unknown',
  badRequest: 'request.malformed',
  refused: 'person.refused',
  tooMany: 'rate.limited',
  failed: 'host.failed',
} as const
