/**
 * What stands between a guest's word and a handler, one function a question, in this order:
 * known, well formed, declared, approved, consented, tier, gesture, run. Each throws a
 * BridgeRefusal; a later one never runs when an earlier one refused.
 */
import { tooLarge } from './limits'
import { isMethod, METHODS, type MethodName, type Methods } from './methods'
import { BridgeRefusal, codes } from './protocol'

export interface Call {
  method: MethodName
  params: unknown
  scope: string
  sensitive: boolean
  gesture: boolean
  /** Whose names the app used; a label for records, never a reason to allow. */
  dialect: string
  proof?: unknown
}

/** What the shell says about an app. Each promise rejects with a BridgeRefusal. */
export interface Gate {
  declared(scope: string): boolean
  approved(scope: string): boolean
  /** Asks the person on first use and remembers; else `person.refused`. */
  consent(call: Call): Promise<void>
  /** The backend verifies everything again and may give the result itself (`done`). */
  verify(call: Call): Promise<{ done: boolean; value?: unknown }>
  /** Nobody has just tapped: asks for one tap; else `gesture.needed`. */
  gesture(call: Call): Promise<void>
}
export type Handlers = {
  [M in MethodName]: (params: Methods[M]['params'], call: Call) => Methods[M]['result'] | Promise<Methods[M]['result']>
}

const DIALECTS = ['croods', 'zwjs', 'mgop', 'zwlog', 'weixin', 'alipay', 'dingtalk']
export interface Asked { method: unknown; params?: unknown; dialect?: unknown; proof?: unknown }

/** A method of the table. */
export function known(asked: Asked): MethodName {
  if (!isMethod(asked.method)) throw new BridgeRefusal(codes.unknownMethod, '没有这个方法')
  return asked.method
}

/** Params and proof that are plain data (or files) of a bearable size. */
export function wellFormed(method: MethodName, asked: Asked): Call {
  const { params, proof } = asked
  const shaped = params === undefined || params === null || (typeof params === 'object' && !Array.isArray(params))
  if (!shaped || tooLarge(params) || tooLarge(proof)) throw new BridgeRefusal(codes.badRequest, '请求格式不正确，或者内容过大')
  const dialect = DIALECTS.indexOf(asked.dialect as string) >= 0 ? asked.dialect as string : ''
  return Object.assign({ method, params: params || {}, dialect, proof }, METHODS[method])
}

export function declared(gate: Gate, call: Call): void {
  if (call.scope && !gate.declared(call.scope)) throw new BridgeRefusal(codes.undeclared, '应用没有声明这项权限', call.scope)
}

export function approved(gate: Gate, call: Call): void {
  if (call.scope && !gate.approved(call.scope)) throw new BridgeRefusal(codes.unapproved, '这项权限没有通过审核', call.scope)
}

export async function consented(gate: Gate, call: Call): Promise<void> {
  if (call.scope) await gate.consent(call)
}

/**
 * The tier, the proof and the consent once more, where the guest has no hand: on the server.
 * A call that brings a vendor's signature is judged by it, also where no scope is needed.
 */
export async function verified(gate: Gate, call: Call): Promise<{ done: boolean; value?: unknown }> {
  return call.sensitive || call.proof !== undefined ? gate.verify(call) : { done: false }
}

/** A tap inside the frame counts for the shell's window too; a guest's word does not. */
export async function tapped(gate: Gate, call: Call, self: Window): Promise<void> {
  const activation = self.navigator && self.navigator.userActivation
  if (call.gesture && !(activation && activation.isActive)) await gate.gesture(call)
}
