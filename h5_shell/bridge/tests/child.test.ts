// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BridgeHost, HostOptions } from '../src/host'
import { codes } from '../src/protocol'
import { FakeWindow, hostOf, openGate, ORIGIN, refusing, windows } from './windows'

let pair: ReturnType<typeof windows>
let host: BridgeHost

/** What the frame is posted after the vendor's script asked. */
function ask(message: object, options: Partial<HostOptions> = {}, from?: FakeWindow, origin = ORIGIN): Promise<unknown> {
  host = hostOf(pair, { handlers: { 'ah.region.get': () => ({ code: '340100', name: '合肥市' }) }, ...options })
  const heard = new Promise(resolve => { pair.frame.addEventListener('message', e => resolve((e as { data: unknown }).data)) })
  pair.top.receive({ _uid: 7, from: 'child', ...message }, from ?? pair.frame, [], origin)
  return Promise.race([heard, new Promise(resolve => { setTimeout(() => resolve('silence'), 30) })])
}
beforeEach(() => { pair = windows() })
afterEach(() => host.close())

describe('the vendor\'s top-window protocol', () => {
  it('is silent to another frame and to another origin', async () => {
    expect(await ask({ method: 'getCurrentLocationCity' }, {}, new FakeWindow(ORIGIN))).toBe('silence')
    expect(await ask({ method: 'getCurrentLocationCity' }, {}, undefined, 'https://evil.example')).toBe('silence')
  })
  it('is silent where the message is not its own', async () => {
    expect(await ask({ _uid: { a: 1 }, method: 'getCurrentLocationCity' })).toBe('silence')
    expect(await ask({ method: 5 })).toBe('silence')
    expect(await ask({ from: 'top', method: 'getCurrentLocationCity' })).toBe('silence')
  })
  it('answers the vendor\'s name with the vendor\'s shape', async () => {
    expect(await ask({ method: 'getCurrentLocationCity' })).toEqual({
      _uid: 7, from: 'top', method: 'getCurrentLocationCity',
      data: { errorCode: 0, result: { cityId: '340100', cityName: '合肥市', webId: '340100', orgCode: '340100' } },
    })
  })
  it.each([
    ['an undeclared permission', { declared: () => false }, 1001],
    ['an unapproved permission', { approved: () => false }, 1001],
    ['a person who refused', { consent: refusing(codes.refused) }, 1001],
    ['a missing tap', { gesture: refusing(codes.gestureNeeded) }, -1],
  ])('goes through the same checks: %s', async (_what, change, errorCode) => {
    let ran = false
    const handlers: HostOptions['handlers'] = { 'ah.device.scan': () => { ran = true; return { text: '', kind: 'qr' } } }
    const reply = await ask({ method: 'scan', params: {} }, { gate: { ...openGate(), ...change }, handlers })
    expect(reply).toMatchObject({ data: { errorCode } })
    expect(ran).toBe(false)
  })
  it('refuses names it lacks, names objects inherit, and what is too large', async () => {
    expect(await ask({ method: 'getRunData' })).toMatchObject({ data: { errorCode: 1 } })
    expect(await ask({ method: 'constructor' })).toMatchObject({ data: { errorCode: 1 } })
    expect(await ask({ method: 'setTitle', params: { title: 'x'.repeat(70000) } })).toMatchObject({ data: { errorCode: 2 } })
  })
  it('says the cashier\'s own number when the person did not pay', async () => {
    const handlers: HostOptions['handlers'] = { 'ah.pay.request': () => ({ bill: 'B1', status: 'cancelled' }) }
    expect(await ask({ method: 'pay', params: { credential: 'B1' } }, { handlers })).toMatchObject({ data: { errorCode: '6001' } })
  })
})
