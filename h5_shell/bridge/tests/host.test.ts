// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BridgeRefusal, type BridgeHost } from '../src/host'
import { LARGEST_FILE, LONGEST_TEXT } from '../src/limits'
import { codes, HELLO } from '../src/protocol'
import { exchange, FakeWindow, hostOf, openGate, ORIGIN, rawPort, refusing, windows } from './windows'

let pair: ReturnType<typeof windows>
let host: BridgeHost
const refusal = async (message: object) => (await exchange(rawPort(pair), { id: 1, ...message })).error?.code

beforeEach(() => { pair = windows() })
afterEach(() => host.close())

describe('the host gives no port', () => {
  function heardAfter(act: () => void): number {
    let heard = 0
    pair.frame.addEventListener('message', () => { heard += 1 })
    act()
    return heard
  }
  it('to a stranger frame that knows the right words', () => {
    host = hostOf(pair)
    expect(heardAfter(() => pair.top.receive({ type: HELLO }, new FakeWindow(ORIGIN)))).toBe(0)
  })
  it('to its own frame once it was navigated to another origin', () => {
    host = hostOf(pair)
    expect(heardAfter(() => pair.top.receive({ type: HELLO }, pair.frame, [], 'https://evil.example'))).toBe(0)
  })
  it('to an origin that only begins like the right one', () => {
    host = hostOf(pair)
    expect(heardAfter(() => pair.top.receive({ type: HELLO }, pair.frame, [], `${ORIGIN}.evil.example`))).toBe(0)
  })
  it('for a forged hello that is not ours word for word', () => {
    host = hostOf(pair)
    expect(heardAfter(() => [null, 'wanshi:hello', { type: ['wanshi:hello'] }, {}].forEach(m => pair.top.receive(m, pair.frame)))).toBe(0)
  })
  it('after it was closed', () => {
    host = hostOf(pair)
    host.close()
    expect(heardAfter(() => pair.top.receive({ type: HELLO }, pair.frame))).toBe(0)
  })
})

describe('the old port', () => {
  it('ends when the guest was reloaded: what it still waited for is refused, and it is answered no more', async () => {
    let finish: (v: null) => void = () => undefined
    host = hostOf(pair, { handlers: { 'ah.ui.alert': () => new Promise(resolve => { finish = resolve }), 'ah.region.get': () => ({ code: '1', name: '' }) } })
    const old = rawPort(pair)
    const waiting = exchange(old, { id: 1, method: 'ah.ui.alert', params: { message: '' } })
    await new Promise(resolve => { setTimeout(resolve, 5) })
    const fresh = rawPort(pair)
    expect((await waiting).error?.code).toBe(codes.ended)
    finish(null)
    let answered = false
    old.onmessage = () => { answered = true }
    old.postMessage({ id: 2, method: 'ah.region.get' })
    expect((await exchange(fresh, { id: 3, method: 'ah.region.get' })).result).toEqual({ code: '1', name: '' })
    expect(answered).toBe(false)
  })
})

describe('before a handler runs, the host refuses', () => {
  it('a method it does not know, also one that objects inherit', async () => {
    host = hostOf(pair)
    expect(await refusal({ method: 'ah.pay.now' })).toBe(codes.unknownMethod)
    expect(await refusal({ method: 'toString' })).toBe(codes.unknownMethod)
    expect(await refusal({ method: '__proto__' })).toBe(codes.unknownMethod)
    expect(await refusal({ method: ['ah.ui.close'] })).toBe(codes.unknownMethod)
  })
  it('a known method it cannot do', async () => {
    host = hostOf(pair)
    expect(await refusal({ method: 'ah.ui.close' })).toBe(codes.unsupported)
  })
  it.each([
    ['too long a text', { title: 'x'.repeat(LONGEST_TEXT + 1) }],
    ['many small texts', { all: Array.from({ length: 3000 }, () => 'y'.repeat(30)) }],
    ['too large a file', { image: new Blob([new Uint8Array(LARGEST_FILE + 1)]) }],
    ['a buffer', { title: new ArrayBuffer(8) }],
    ['a map', { title: new Map([[1, 2]]) }],
    ['a list instead of params', ['x']],
    ['a text instead of params', 'x'],
  ])('%s', async (_what, params) => {
    let ran = false
    host = hostOf(pair, { handlers: { 'ah.ui.setTitle': () => { ran = true; return null } } })
    expect(await refusal({ method: 'ah.ui.setTitle', params })).toBe(codes.badRequest)
    expect(ran).toBe(false)
  })
  it('params that turn in a circle', async () => {
    host = hostOf(pair, { handlers: { 'ah.ui.setTitle': () => null } })
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(await refusal({ method: 'ah.ui.setTitle', params: circle })).toBe(codes.badRequest)
  })
  it('a flood, and hears again a second later', async () => {
    host = hostOf(pair, { handlers: { 'ah.region.get': () => ({ code: '', name: '' }) }, ratePerSecond: 3 })
    const port = rawPort(pair)
    const codesHeard: (string | undefined)[] = []
    for (let id = 1; id <= 4; id += 1) codesHeard.push((await exchange(port, { id, method: 'ah.region.get' })).error?.code)
    // The hello was the first message of this second.
    expect(codesHeard).toEqual([undefined, undefined, codes.tooMany, codes.tooMany])
    await new Promise(resolve => { setTimeout(resolve, 1010) })
    expect((await exchange(port, { id: 9, method: 'ah.region.get' })).error).toBeUndefined()
  })
  it('more open calls than a page can mean', async () => {
    host = hostOf(pair, { handlers: { 'ah.ui.alert': () => new Promise(() => undefined) }, ratePerSecond: 100 })
    const port = rawPort(pair)
    for (let id = 1; id <= 32; id += 1) port.postMessage({ id, method: 'ah.ui.alert' })
    expect((await exchange(port, { id: 33, method: 'ah.ui.alert' })).error?.code).toBe(codes.tooMany)
  })
  it('messages without a number say nothing back', async () => {
    host = hostOf(pair, { handlers: { 'ah.region.get': () => ({ code: '', name: '' }) } })
    const port = rawPort(pair)
    const heard: unknown[] = []
    port.onmessage = e => heard.push(e.data)
    for (const bad of [null, 'x', {}, { id: '1', method: 'ah.region.get' }, { id: NaN, method: 'ah.region.get' }]) port.postMessage(bad)
    expect((await exchange(port, { id: 2, method: 'ah.region.get' })).id).toBe(2)
    expect(heard).toEqual([])
  })
})

describe('the order of checks', () => {
  const scan = { method: 'ah.device.scan', params: {} }
  function start(change: object, noted: string[] = []) {
    let ran = 0
    const gate = { ...openGate(noted), ...change }
    host = hostOf(pair, { gate, handlers: { 'ah.device.scan': () => { ran += 1; return { text: 'x', kind: 'qr' } } } })
    return () => ran
  }
  it.each([
    ['scope.undeclared', { declared: () => false }, []],
    ['scope.unapproved', { approved: () => false }, ['declared device.scan']],
    ['person.refused', { consent: refusing(codes.refused) }, ['declared device.scan', 'approved device.scan']],
    ['tier.too_low', { verify: refusing(codes.tierTooLow) }, ['declared device.scan', 'approved device.scan', 'consent device.scan']],
    ['proof.invalid', { verify: refusing(codes.badProof) }, ['declared device.scan', 'approved device.scan', 'consent device.scan']],
    ['gesture.needed', { gesture: refusing(codes.gestureNeeded) },
      ['declared device.scan', 'approved device.scan', 'consent device.scan', 'verify ah.device.scan']],
  ])('ends at %s, and nothing behind it is asked', async (code, change, before) => {
    const noted: string[] = []
    const ran = start(change, noted)
    const { error } = await exchange(rawPort(pair), { id: 1, ...scan })
    expect(error).toMatchObject({ code, scope: 'device.scan' })
    expect(noted).toEqual(before)
    expect(ran()).toBe(0)
  })
  it('runs through to the handler', async () => {
    const noted: string[] = []
    const ran = start({}, noted)
    expect((await exchange(rawPort(pair), { id: 1, ...scan })).result).toEqual({ text: 'x', kind: 'qr' })
    expect(noted.at(-1)).toBe('gesture ah.device.scan')
    expect(ran()).toBe(1)
  })
  it('asks for no second tap when the person has just tapped, and takes no word of the guest for it', async () => {
    const noted: string[] = []
    start({}, noted)
    const port = rawPort(pair)
    await exchange(port, { id: 1, ...scan, gesture: true, userActivation: { isActive: true } })
    expect(noted).toContain('gesture ah.device.scan')
    noted.length = 0
    pair.top.navigator.userActivation.isActive = true
    await exchange(port, { id: 2, ...scan })
    expect(noted).not.toContain('gesture ah.device.scan')
  })
  it('asks nothing for a method without scope, but has a signature judged where one is given', async () => {
    const noted: string[] = []
    host = hostOf(pair, { gate: { ...openGate(noted), verify: refusing(codes.badProof) }, handlers: { 'ah.region.get': () => ({ code: '', name: '' }) } })
    const port = rawPort(pair)
    expect((await exchange(port, { id: 1, method: 'ah.region.get' })).error).toBeUndefined()
    expect((await exchange(port, { id: 2, method: 'ah.region.get', proof: { signature: 'x' } })).error?.code).toBe(codes.badProof)
    expect(noted).toEqual([])
  })
  it('gives what the backend did, and does not do it again', async () => {
    const ran = start({ verify: async () => ({ done: true, value: { text: 'backend', kind: 'qr' } }) })
    expect((await exchange(rawPort(pair), { id: 1, ...scan })).result).toEqual({ text: 'backend', kind: 'qr' })
    expect(ran()).toBe(0)
  })
  it('takes nobody\'s dialect for granted', async () => {
    const seen: string[] = []
    const gate = { ...openGate(), consent: async (call: { dialect: string }) => { seen.push(call.dialect) } }
    host = hostOf(pair, { gate, handlers: { 'ah.device.scan': () => ({ text: '', kind: 'qr' }) } })
    const port = rawPort(pair)
    for (const [id, dialect] of [[1, 'weixin'], [2, 'platform'], [3, { toString: 'x' }]] as const) await exchange(port, { id, ...scan, dialect })
    expect(seen).toEqual(['weixin', '', ''])
  })
  it('stops where the app was closed while the person was still deciding', async () => {
    let agree: () => void = () => undefined
    const noted: string[] = []
    const ran = start({ consent: () => new Promise<void>(resolve => { agree = resolve }) }, noted)
    const waiting = exchange(rawPort(pair), { id: 1, ...scan })
    await new Promise(resolve => { setTimeout(resolve, 5) })
    host.close()
    agree()
    expect((await waiting).error?.code).toBe(codes.ended)
    await new Promise(resolve => { setTimeout(resolve, 5) })
    // Not even the backend is asked: it may do the thing itself.
    expect(noted).not.toContain('verify ah.device.scan')
    expect(ran()).toBe(0)
  })
})

describe('faults', () => {
  it('tell the guest no reason of ours, but the refusals we mean', async () => {
    host = hostOf(pair, { handlers: {
      'ah.ui.close': () => { throw new Error('secret detail') },
      'ah.ui.alert': () => { throw new BridgeRefusal(codes.cancelled, '用户取消') },
    } })
    const port = rawPort(pair)
    const { error } = await exchange(port, { id: 1, method: 'ah.ui.close' })
    expect(error?.code).toBe(codes.failed)
    expect(JSON.stringify(error)).not.toContain('secret')
    expect((await exchange(port, { id: 2, method: 'ah.ui.alert' })).error).toMatchObject({ code: codes.cancelled, message: '用户取消' })
  })
  it('a result that cannot cross is still an answer', async () => {
    const result = { code: '1', name: '', f: () => undefined }
    host = hostOf(pair, { handlers: { 'ah.region.get': () => result } })
    expect(await refusal({ method: 'ah.region.get' })).toBe(codes.failed)
  })
  it('a handler that never ends is given up, unless a person decides', async () => {
    const never = () => new Promise<never>(() => undefined)
    host = hostOf(pair, { handlers: { 'ah.region.get': never, 'ah.ui.confirm': never }, timeoutMs: 20 })
    expect(await refusal({ method: 'ah.region.get' })).toBe(codes.failed)
    const still = await Promise.race([refusal({ method: 'ah.ui.confirm' }), new Promise(resolve => { setTimeout(() => resolve('waiting'), 60) })])
    expect(still).toBe('waiting')
  })
})
