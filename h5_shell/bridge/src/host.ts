/**
 * The host side. A guest is let in only when the message comes from the very frame we
 * opened AND from the origin the launch named: a frame may be navigated elsewhere, and
 * another window may know our origin.
 */
import {
  approved, consented, declared, known, tapped, verified, wellFormed,
  type Asked, type Call, type Gate, type Handlers,
} from './checks'
import type { Ask, Raw } from './dialects/adapter'
import { childCall, childReply, isChild, type ChildMessage } from './dialects/child'
import { CALLS_A_SECOND, OPEN_CALLS, Pace, tooLarge } from './limits'
import type { Events, LaunchContext, MethodName } from './methods'
import { BridgeRefusal, codes, HELLO, PORT, type BridgeError } from './protocol'

export { type Call, type Gate, type Handlers } from './checks'
export { BridgeRefusal } from './protocol'

/** How one call ended; `code` is empty when it went well. */
export interface Outcome { method: string; dialect: string; code: string; ms: number }
export interface HostOptions {
  window: Window
  frame: () => Window | null
  origin: string
  context: () => LaunchContext
  gate: Gate
  handlers: Partial<Handlers>
  onConnected?: () => void
  onCall?: (outcome: Outcome) => void
  /** Messages a second a guest may send before it is told to slow down. */
  ratePerSecond?: number
  /** How long a handler that waits for nobody may take. */
  timeoutMs?: number
}

type Answer = (r: { result?: unknown; error?: BridgeError }) => void
const TIMEOUT_MS = 30000
// A person decides how long these take.
const PERSONS_TIME: Partial<Record<MethodName, true>> = {
  'ah.auth.getTicket': true, 'ah.auth.getUser': true, 'ah.auth.verifyFace': true,
  'ah.device.getLocation': true, 'ah.ui.alert': true, 'ah.ui.confirm': true, 'ah.ui.prompt': true,
  'ah.ui.actionSheet': true, 'ah.region.choose': true, 'ah.media.previewImage': true,
}

export class BridgeHost {
  private port: MessagePort | null = null
  private readonly pace: Pace
  private readonly open = new Set<Answer>()
  private readonly options: HostOptions
  private readonly listener = (event: MessageEvent) => this.onWindowMessage(event)

  constructor(options: HostOptions) {
    this.options = options
    this.pace = new Pace(options.ratePerSecond || CALLS_A_SECOND)
    options.window.addEventListener('message', this.listener)
  }

  /** Announce something to the guest, such as a change of text size. */
  emit<E extends keyof Events>(event: E, data: Events[E]): void {
    if (this.port) this.port.postMessage({ event, data })
  }

  close(): void {
    this.options.window.removeEventListener('message', this.listener)
    this.drop()
  }

  /** The guest we spoke to is gone: whatever it still waits for ends. */
  private drop(): void {
    const waiting = Array.from(this.open)
    this.open.clear()
    waiting.forEach(answer => answer({ error: { code: codes.ended, message: '应用已经关闭' } }))
    if (this.port) this.port.close()
    this.port = null
  }

  private onWindowMessage(event: MessageEvent): void {
    const frame = this.options.frame()
    if (!frame || event.source !== frame || event.origin !== this.options.origin) return
    const data = event.data as { type?: unknown; from?: unknown } | null
    if (!data || typeof data !== 'object') return
    if (data.type === HELLO) this.connect(frame)
    else if (data.from === 'child') this.onChild(frame, data as ChildMessage)
  }

  private connect(frame: Window): void {
    if (this.pace.tooFast()) return
    // A reloaded guest says hello again; the old port must not keep answering.
    this.drop()
    const channel = new MessageChannel()
    this.port = channel.port1
    channel.port1.onmessage = e => this.onRequest(channel.port1, e.data)
    frame.postMessage({ type: PORT, context: this.options.context() }, this.options.origin, [channel.port2])
    if (this.options.onConnected) this.options.onConnected()
  }

  private onRequest(port: MessagePort, data: unknown): void {
    const asked = data as (Asked & { id?: unknown }) | null
    if (!asked || typeof asked !== 'object' || typeof asked.id !== 'number' || !isFinite(asked.id)) return
    const id = asked.id
    void this.handle(asked, r => port.postMessage(Object.assign({ id }, r)), alive => this.decide(asked, alive))
  }

  /** The older containers' way: the vendor's own script posts to the top window. */
  private onChild(frame: Window, message: ChildMessage): void {
    if (!isChild(message)) return
    const asked = { method: message.method, params: message.params, dialect: 'zwjs' }
    // The frame may have been navigated while we waited; the origin keeps the answer from strangers.
    const send: Answer = r => frame.postMessage(childReply(message, r), this.options.origin)
    void this.handle(asked, send, alive => {
      if (tooLarge(message.params)) throw new BridgeRefusal(codes.badRequest, '请求格式不正确，或者内容过大')
      const ask = ((method, params) => this.decide({ method, params, dialect: 'zwjs' }, alive)) as Ask
      return childCall(String(message.method))(ask, (message.params || {}) as Raw)
    })
  }

  /** Answers once, in time or with a refusal; `alive` throws once nobody waits any more. */
  private async handle(asked: Asked, send: Answer, work: (alive: () => void) => unknown): Promise<void> {
    const began = Date.now()
    const answer: Answer = r => {
      this.open.delete(answer)
      let error = r.error
      try {
        send(r)
      } catch {
        // What a handler gave cannot cross (a proxy, a function): the guest must still hear.
        error = FAULT
        send({ error })
      }
      const { onCall } = this.options
      if (onCall) onCall({ method: label(asked.method), dialect: label(asked.dialect), code: error ? error.code : '', ms: Date.now() - began })
    }
    if (this.pace.tooFast() || this.open.size >= OPEN_CALLS) {
      return answer({ error: { code: codes.tooMany, message: '调用太频繁' } })
    }
    this.open.add(answer)
    const alive = () => {
      if (!this.open.has(answer)) throw new BridgeRefusal(codes.ended, '应用已经关闭')
    }
    let r: { result?: unknown; error?: BridgeError }
    try {
      const result = await work(alive)
      r = { result: result === undefined ? null : result }
    } catch (error) {
      r = { error: refusal(error) }
    }
    if (this.open.has(answer)) answer(r)
  }

  private async decide(asked: Asked, alive: () => void): Promise<unknown> {
    const { gate, window: self } = this.options
    const call = wellFormed(known(asked), asked)
    declared(gate, call)
    approved(gate, call)
    // Whoever closed the app while a sheet was open did not agree to what comes after it.
    await consented(gate, call)
    alive()
    const ran = await verified(gate, call)
    alive()
    await tapped(gate, call, self)
    alive()
    return ran.done ? ran.value : this.run(call)
  }

  private run(call: Call): Promise<unknown> {
    const handler = this.options.handlers[call.method] as ((params: unknown, call: Call) => unknown) | undefined
    if (!handler) throw new BridgeRefusal(codes.unsupported, '当前环境不支持这个方法')
    const running = Promise.resolve(handler(call.params, call))
    if (call.gesture || PERSONS_TIME[call.method]) return running
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new BridgeRefusal(codes.failed, '处理超时，请稍后再试')), this.options.timeoutMs || TIMEOUT_MS)
      running.then(resolve, reject).then(() => clearTimeout(timer))
    })
  }
}

const FAULT: BridgeError = { code: codes.failed, message: '处理失败，请稍后再试' }
const label = (said: unknown): string => (typeof said === 'string' ? said.slice(0, 64) : '')

function refusal(error: unknown): BridgeError {
  // Why the host failed is nothing for a guest to read.
  if (!(error instanceof BridgeRefusal)) return FAULT
  const { code, message, scope, errorCode } = error
  return Object.assign({ code, message }, scope && { scope }, errorCode && { errorCode })
}
