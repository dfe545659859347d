/**
 * The host side. A guest is let in only when the message comes from the very frame we
 * opened AND from the origin the launch named: a frame may be navigated elsewhere, and
 * another window may know our origin.
 */
import { codes, HELLO, PORT, type BridgeError, type BridgeReply, type LaunchContext } from './protocol'

export type Method = (params: unknown) => unknown
export interface HostOptions {
  window: Window
  frame: () => Window | null
  origin: string
  context: () => LaunchContext
  methods: Record<string, Method>
  onConnected?: () => void
  /** Messages a second a guest may send before it is told to slow down. */
  ratePerSecond?: number
}

export class BridgeRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const LONGEST = 64 * 1024

export class BridgeHost {
  private port: MessagePort | null = null
  private windowStart = 0
  private inWindow = 0
  private readonly options: HostOptions
  private readonly listener = (event: MessageEvent) => this.onWindowMessage(event)

  constructor(options: HostOptions) {
    this.options = options
    options.window.addEventListener('message', this.listener)
  }

  /** Announce something to the guest, such as a change of text size. */
  emit(event: string, data: unknown): void {
    if (this.port) this.port.postMessage({ event, data })
  }

  close(): void {
    this.options.window.removeEventListener('message', this.listener)
    if (this.port) this.port.close()
    this.port = null
  }

  private onWindowMessage(event: MessageEvent): void {
    const frame = this.options.frame()
    if (!frame || event.source !== frame || event.origin !== this.options.origin) return
    const data = event.data as { type?: unknown } | null
    if (!data || typeof data !== 'object' || data.type !== HELLO) return
    // A reloaded guest says hello again; the old port must not keep answering.
    if (this.port) this.port.close()
    const channel = new MessageChannel()
    this.port = channel.port1
    channel.port1.onmessage = e => { void this.onRequest(channel.port1, e.data) }
    frame.postMessage({ type: PORT, context: this.options.context() }, this.options.origin, [channel.port2])
    if (this.options.onConnected) this.options.onConnected()
  }

  private async onRequest(port: MessagePort, data: unknown): Promise<void> {
    const id = requestId(data)
    if (id === null) return
    const reply = (r: { result?: unknown; error?: BridgeError }) => port.postMessage(Object.assign({ id }, r) as BridgeReply)
    const refuse = (code: string, message: string) => reply({ error: { code, message } })
    if (this.tooFast()) return refuse(codes.tooMany, '调用太频繁')
    const { method, params } = data as { method?: unknown; params?: unknown }
    if (typeof method !== 'string' || tooLong(params)) return refuse(codes.badRequest, '请求格式不正确')
    const known = Object.prototype.hasOwnProperty.call(this.options.methods, method)
    const run = known ? this.options.methods[method] : undefined
    if (!run) return refuse(codes.unknownMethod, `没有这个方法：${method}`)
    try {
      const result = await run(params)
      reply({ result: result === undefined ? null : result })
    } catch (error) {
      if (error instanceof BridgeRefusal) refuse(error.code, error.message)
      else refuse(codes.failed, '处理失败，请稍后再试')
    }
  }

  private tooFast(): boolean {
    const now = Date.now()
    if (now - this.windowStart >= 1000) {
      this.windowStart = now
      this.inWindow = 0
    }
    this.inWindow += 1
    return this.inWindow > (this.options.ratePerSecond || 50)
  }
}

function requestId(data: unknown): number | null {
  if (!data || typeof data !== 'object') return null
  const id = (data as { id?: unknown }).id
  return typeof id === 'number' && isFinite(id) ? id : null
}

function tooLong(params: unknown): boolean {
  if (params === undefined) return false
  try {
    return JSON.stringify(params).length > LONGEST
  } catch {
    return true
  }
}
