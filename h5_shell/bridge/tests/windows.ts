import { BridgeHost, BridgeRefusal, type Call, type Gate, type HostOptions } from '../src/host'
import { HELLO, PORT, type Handover } from '../src/protocol'

export const ORIGIN = 'https://hf.example'
type Listener = (e: unknown) => void

/** Two windows that can post to each other; enough of a browser to test who is believed. */
export class FakeWindow {
  listeners: Listener[] = []
  parent: FakeWindow = this
  peerOf: FakeWindow | null = null
  navigator = { userActivation: { isActive: false } }
  constructor(readonly origin: string) {}
  addEventListener(_: string, f: Listener) { this.listeners.push(f) }
  removeEventListener(_: string, f: Listener) { this.listeners = this.listeners.filter(l => l !== f) }
  receive(data: unknown, source: FakeWindow, ports: MessagePort[] = [], origin = source.origin) {
    this.listeners.forEach(f => f({ data, source, origin, ports }))
  }
  postMessage(data: unknown, target: string, ports: MessagePort[] = []) {
    if (target === '*' || target === this.origin) this.receive(data, this.peerOf as FakeWindow, ports)
  }
}
export const asWindow = (w: FakeWindow) => w as unknown as Window

/** A shell window and the frame in it. */
export function windows() {
  const top = new FakeWindow('https://wanshi.example')
  const frame = new FakeWindow(ORIGIN)
  frame.parent = top
  top.peerOf = frame
  frame.peerOf = top
  return { top, frame }
}

/** A gate that lets everything pass and notes each check, in order. */
export function openGate(noted: string[] = []): Gate {
  return {
    declared: scope => { noted.push(`declared ${scope}`); return true },
    approved: scope => { noted.push(`approved ${scope}`); return true },
    consent: async call => { noted.push(`consent ${call.scope}`) },
    verify: async call => { noted.push(`verify ${call.method}`); return { done: false } },
    gesture: async call => { noted.push(`gesture ${call.method}`) },
  }
}
export const refusing = (code: string) => async (call: Call): Promise<never> => { throw new BridgeRefusal(code, '不行', call.scope) }

export function hostOf({ top, frame }: ReturnType<typeof windows>, options: Partial<HostOptions> = {}): BridgeHost {
  return new BridgeHost({
    window: asWindow(top), frame: () => asWindow(frame), origin: ORIGIN, gate: openGate(), handlers: {},
    context: () => ({
      appid: 'ah340100gjj', version: '1.0.0', platform: 'wanshi', uiStyle: 'normal', region: { code: '340100', name: '合肥市' },
      locale: 'zh-CN', scopes: [], trial: false,
    }),
    ...options,
  })
}

/** Says hello and hands back the port, as a hostile guest would use it: raw. */
export function rawPort({ top, frame }: ReturnType<typeof windows>): MessagePort {
  let port: MessagePort | null = null
  const listen = (e: unknown) => {
    const { data, ports } = e as { data: Handover; ports: MessagePort[] }
    if (data.type === PORT) port = ports[0] as MessagePort
  }
  frame.addEventListener('message', listen)
  top.receive({ type: HELLO }, frame)
  frame.removeEventListener('message', listen)
  return port as unknown as MessagePort
}

export interface Heard { id: number; result?: unknown; error?: { code: string; message: string; scope?: string } }
/** Sends one raw message and waits for what comes back. */
export function exchange(port: MessagePort, message: unknown): Promise<Heard> {
  return new Promise(resolve => {
    port.onmessage = e => resolve(e.data as Heard)
    port.postMessage(message)
  })
}
