/** The guest's end of the port: waits for it, keeps calls made before, matches answers. */
import type { Events, LaunchContext } from './methods'
import { codes, HELLO, PORT, type BridgeError, type BridgeReply, type Proof } from './protocol'

/** Why a call failed: `code` of docs/guest-sdk.md, and the permission it was about. */
export class WanshiError extends Error {
  readonly code: string
  readonly scope: string
  /** The vendor's own number, for dialects. */
  readonly errorCode: string
  constructor({ code, message, scope, errorCode }: BridgeError) {
    super(message)
    this.name = 'WanshiError'
    this.code = code
    this.scope = scope || ''
    this.errorCode = errorCode || ''
  }
}

interface Waiting { resolve: (value: unknown) => void; reject: (reason: Error) => void }
export interface Manner { dialect?: string; proof?: Proof }
type Listener = (data: never) => void
export interface Connection {
  ready: Promise<LaunchContext>
  invoke(method: string, params?: unknown, manner?: Manner): Promise<unknown>
  on<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): void
  off<E extends keyof Events>(event: E, listener: (data: Events[E]) => void): void
}

const HANDSHAKE_MS = 10000
const LOST: BridgeError = { code: codes.ended, message: '没有连接到容器' }
type Home = Window & { __wanshiConnection?: Connection }

/** A second hello would close the first port: one window has one connection. */
export function connect(self: Window): Connection {
  const home = self as Home
  if (!home.__wanshiConnection) {
    Object.defineProperty(home, '__wanshiConnection', { value: open(self), configurable: true })
  }
  return home.__wanshiConnection as Connection
}

/** Calls by their number, until the port is there and then until each is answered. */
class Calls {
  port: MessagePort | null = null
  private next = 1
  private readonly waiting: Record<number, Waiting> = {}
  private readonly queue: { id: number; message: unknown }[] = []

  answer({ id, result, error }: BridgeReply): void {
    const call = this.waiting[id]
    if (!call) return
    delete this.waiting[id]
    if (error) call.reject(new WanshiError(error))
    else call.resolve(result)
  }

  ask(method: string, params: unknown, manner?: Manner): Promise<unknown> {
    const id = this.next
    this.next += 1
    const message = Object.assign({ id, method, params }, manner)
    return new Promise((resolve, reject) => {
      this.waiting[id] = { resolve, reject }
      if (this.port) this.send(this.port, id, message)
      else this.queue.push({ id, message })
    })
  }

  opened(port: MessagePort): void {
    this.port = port
    this.queue.splice(0).forEach(({ id, message }) => this.send(port, id, message))
  }

  lost(): void {
    this.queue.splice(0).forEach(({ id }) => this.answer({ id, error: LOST }))
  }

  private send(port: MessagePort, id: number, message: unknown): void {
    try {
      port.postMessage(message)
    } catch {
      this.answer({ id, error: { code: codes.badRequest, message: '参数不能传给容器' } })
    }
  }
}

function open(self: Window): Connection {
  const calls = new Calls()
  let lost = self.parent === self
  const listeners: Record<string, Listener[]> = {}
  let announce: (context: LaunchContext) => void
  const ready = new Promise<LaunchContext>(resolve => { announce = resolve })

  self.addEventListener('message', event => {
    const data = event.data as { type?: string; context?: LaunchContext } | null
    const handed = event.ports && event.ports[0]
    if (event.source !== self.parent || !data || data.type !== PORT || !handed || calls.port) return
    handed.onmessage = e => {
      const said = e.data as BridgeReply & { event?: string; data?: unknown }
      if (said.event) (listeners[said.event] || []).slice().forEach(f => f(said.data as never))
      else calls.answer(said)
    }
    calls.opened(handed)
    announce(data.context as LaunchContext)
  })
  if (!lost) {
    // The host's origin is unknown to a guest, and hello carries nothing worth hiding.
    self.parent.postMessage({ type: HELLO }, '*')
    setTimeout(() => {
      lost = !calls.port
      if (lost) calls.lost()
    }, HANDSHAKE_MS)
  }
  return {
    ready,
    invoke: (method, params, manner) => (lost && !calls.port ? Promise.reject(new WanshiError(LOST)) : calls.ask(method, params, manner)),
    on(event, listener) {
      (listeners[event] = listeners[event] || []).push(listener as Listener)
    },
    off(event, listener) {
      listeners[event] = (listeners[event] || []).filter(f => f !== listener)
    },
  }
}
