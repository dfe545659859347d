import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGuest } from '../src/guest'
import { BridgeHost, BridgeRefusal, type Method } from '../src/host'
import { codes, HELLO, PORT } from '../src/protocol'

const ORIGIN = 'https://hf.example'
type Listener = (e: unknown) => void

/** Two windows that can post to each other; enough of a browser to test who is believed. */
class FakeWindow {
  listeners: Listener[] = []
  parent: FakeWindow = this
  peerOf: FakeWindow | null = null
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

let top: FakeWindow, frame: FakeWindow, host: BridgeHost
const asWindow = (w: FakeWindow) => w as unknown as Window

function start(methods: Record<string, Method>, ratePerSecond = 50) {
  host = new BridgeHost({
    window: asWindow(top), frame: () => asWindow(frame), origin: ORIGIN, methods, ratePerSecond,
    context: () => ({ appid: 'hf.gjj', platform: 'wanshi', uiStyle: 'normal', region: { code: '340100', name: '合肥市' } }),
  })
}

beforeEach(() => {
  top = new FakeWindow('https://wanshi.example')
  frame = new FakeWindow(ORIGIN)
  frame.parent = top
  top.peerOf = frame
  frame.peerOf = top
})
afterEach(() => host.close())

describe('the host', () => {
  it('gives no port to a stranger frame that knows the right words', () => {
    start({})
    let answered = false
    frame.addEventListener('message', () => { answered = true })
    top.receive({ type: HELLO }, new FakeWindow(ORIGIN))
    expect(answered).toBe(false)
  })

  it('gives no port to its own frame once it was navigated to another origin', () => {
    start({})
    let answered = false
    frame.addEventListener('message', () => { answered = true })
    top.receive({ type: HELLO }, frame, [], 'https://evil.example')
    expect(answered).toBe(false)
  })

  it('answers hello with the launch context and a port', () => {
    start({})
    let seen: { data: { type: string; context: { appid: string } }; ports: MessagePort[] } | null = null
    frame.addEventListener('message', e => { seen = e as typeof seen })
    top.receive({ type: HELLO }, frame)
    expect(seen!.data.type).toBe(PORT)
    expect(seen!.data.context.appid).toBe('hf.gjj')
    expect(seen!.ports).toHaveLength(1)
  })
})

describe('host and guest together', () => {
  it('carry a call and its result', async () => {
    start({ 'ah.region.get': () => ({ code: '340100' }) })
    const guest = createGuest(asWindow(frame))
    expect((await guest.ready).uiStyle).toBe('normal')
    expect(await guest.region.get()).toEqual({ code: '340100' })
  })

  it('refuse a method the host does not have, also one that objects inherit', async () => {
    start({})
    const guest = createGuest(asWindow(frame))
    await expect(guest.invoke('ah.pay.now')).rejects.toMatchObject({ code: codes.unknownMethod })
    await expect(guest.invoke('toString')).rejects.toMatchObject({ code: codes.unknownMethod })
  })

  it('pass on a refusal by the person, and hide why the host failed', async () => {
    start({
      'ah.auth.getTicket': () => { throw new BridgeRefusal(codes.refused, '用户没有同意') },
      'ah.ui.close': () => { throw new Error('secret detail') },
    })
    const guest = createGuest(asWindow(frame))
    await expect(guest.auth.getTicket()).rejects.toMatchObject({ code: codes.refused, message: '用户没有同意' })
    await expect(guest.ui.close()).rejects.toMatchObject({ code: codes.failed })
    await expect(guest.ui.close()).rejects.not.toMatchObject({ message: 'secret detail' })
  })

  it('tell a guest that calls too often to slow down', async () => {
    start({ 'ah.region.get': () => 1 }, 2)
    const guest = createGuest(asWindow(frame))
    await guest.region.get()
    await guest.region.get()
    await expect(guest.region.get()).rejects.toMatchObject({ code: codes.tooMany })
  })

  it('deliver events from the host', async () => {
    start({})
    const guest = createGuest(asWindow(frame))
    const told = new Promise(resolve => guest.on('uiStyle', resolve))
    await guest.ready
    host.emit('uiStyle', 'elder')
    expect(await told).toBe('elder')
  })
})
