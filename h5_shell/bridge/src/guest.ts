/**
 * The guest SDK: `<script src="guest.js">` gives a global `wanshi`.
 * It waits for the port the host hands over; calls made before that are kept.
 */
import { HELLO, PORT, type BridgeReply, type LaunchContext } from './protocol'

interface Waiting { resolve: (value: unknown) => void; reject: (reason: Error) => void }
export class WanshiError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function createGuest(self: Window) {
  let port: MessagePort | null = null
  let next = 1
  const waiting: Record<number, Waiting> = {}
  const queue: unknown[] = []
  const listeners: Record<string, ((data: unknown) => void)[]> = {}
  let announce: (context: LaunchContext) => void
  const ready = new Promise<LaunchContext>(resolve => { announce = resolve })

  function onPortMessage(data: BridgeReply & { event?: string; data?: unknown }) {
    if (data.event) return (listeners[data.event] || []).forEach(f => f(data.data))
    const call = waiting[data.id]
    if (!call) return
    delete waiting[data.id]
    if (data.error) call.reject(new WanshiError(data.error.code, data.error.message))
    else call.resolve(data.result)
  }

  self.addEventListener('message', event => {
    const data = event.data as { type?: string; context?: LaunchContext } | null
    const handed = event.ports && event.ports[0]
    if (event.source !== self.parent || !data || data.type !== PORT || !handed || port) return
    port = handed
    port.onmessage = e => onPortMessage(e.data)
    queue.splice(0).forEach(m => handed.postMessage(m))
    announce(data.context as LaunchContext)
  })
  // The host's origin is unknown to a guest, and hello carries nothing worth hiding.
  if (self.parent !== self) self.parent.postMessage({ type: HELLO }, '*')

  function invoke(method: string, params?: unknown): Promise<unknown> {
    const id = next
    next += 1
    const message = { id, method, params }
    return new Promise((resolve, reject) => {
      waiting[id] = { resolve, reject }
      if (port) port.postMessage(message)
      else queue.push(message)
    })
  }

  return {
    ready,
    invoke,
    on(event: string, listener: (data: unknown) => void) {
      (listeners[event] = listeners[event] || []).push(listener)
    },
    auth: { getTicket: () => invoke('ah.auth.getTicket') },
    ui: {
      setTitle: (title: string) => invoke('ah.ui.setTitle', { title }),
      close: () => invoke('ah.ui.close'),
    },
    device: { getUiStyle: () => invoke('ah.device.getUiStyle') },
    region: { get: () => invoke('ah.region.get') },
  }
}
