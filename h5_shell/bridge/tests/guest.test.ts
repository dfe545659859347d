// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGuest, WanshiError } from '../src/guest'
import type { BridgeHost } from '../src/host'
import { METHODS } from '../src/methods'
import { codes, PORT } from '../src/protocol'
import { asWindow, FakeWindow, hostOf, openGate, refusing, windows } from './windows'

let pair: ReturnType<typeof windows>
let host: BridgeHost
beforeEach(() => { pair = windows() })
afterEach(() => host.close())

describe('the guest SDK', () => {
  it('takes no port from anybody but the window around it', async () => {
    pair.top.listeners = []
    host = hostOf({ ...pair, top: new FakeWindow('https://elsewhere.example') })
    const guest = createGuest(asWindow(pair.frame))
    const stranger = new MessageChannel()
    pair.frame.receive({ type: PORT, context: { appid: 'forged' } }, new FakeWindow('https://wanshi.example'), [stranger.port2])
    const ready = await Promise.race([guest.ready, new Promise(resolve => { setTimeout(() => resolve('waiting'), 20) })])
    expect(ready).toBe('waiting')
  })
  it('takes the first port only: one handed later by the same window changes nothing', async () => {
    host = hostOf(pair, { handlers: { 'ah.region.get': () => ({ code: '1', name: '真' }) } })
    const guest = createGuest(asWindow(pair.frame))
    await guest.ready
    const other = new MessageChannel()
    pair.frame.receive({ type: PORT, context: {} }, pair.top, [other.port2])
    expect(await guest.region.get()).toEqual({ code: '1', name: '真' })
  })
  it('offers every method of the table', () => {
    host = hostOf(pair)
    const guest = createGuest(asWindow(pair.frame)) as unknown as Record<string, Record<string, unknown>>
    const missing = Object.keys(METHODS).filter(method => {
      const [, space, name] = method.split('.') as [string, string, string]
      return typeof guest[space]?.[name] !== 'function'
    })
    expect(missing).toEqual([])
  })
  it('is told the launch context, and events until it listens no more', async () => {
    host = hostOf(pair)
    const guest = createGuest(asWindow(pair.frame))
    expect((await guest.ready).region).toEqual({ code: '340100', name: '合肥市' })
    const heard: string[] = []
    const listen = (style: string) => { heard.push(style) }
    guest.on('uiStyle', listen)
    host.emit('uiStyle', 'elder')
    await new Promise(resolve => { setTimeout(resolve, 10) })
    guest.off('uiStyle', listen)
    host.emit('uiStyle', 'normal')
    await new Promise(resolve => { setTimeout(resolve, 10) })
    expect(heard).toEqual(['elder'])
  })
  it('passes on code, sentence and permission of a refusal', async () => {
    host = hostOf(pair, { gate: { ...openGate(), consent: refusing(codes.refused) } })
    const guest = createGuest(asWindow(pair.frame))
    const error = await guest.auth.getTicket().catch((e: unknown) => e)
    expect(error).toBeInstanceOf(WanshiError)
    expect(error).toMatchObject({ code: codes.refused, message: '不行', scope: 'auth.ticket' })
  })
  it('refuses at once what no port can carry', async () => {
    host = hostOf(pair)
    const guest = createGuest(asWindow(pair.frame))
    await guest.ready
    await expect(guest.invoke('ah.ui.setTitle', { title: (() => 1) as never })).rejects.toMatchObject({ code: codes.badRequest })
  })
  it('takes a bare text where people write most', async () => {
    const titles: string[] = []
    host = hostOf(pair, { handlers: { 'ah.ui.setTitle': ({ title }) => { titles.push(title); return null } } })
    const guest = createGuest(asWindow(pair.frame))
    await guest.ui.setTitle('公租房')
    await guest.ui.setTitle({ title: '申请' })
    expect(titles).toEqual(['公租房', '申请'])
  })
  it('says hello once, however often a page makes one', async () => {
    let connected = 0
    host = hostOf(pair, { onConnected: () => { connected += 1 } })
    createGuest(asWindow(pair.frame))
    await createGuest(asWindow(pair.frame)).ready
    expect(connected).toBe(1)
  })
  it('fails at once in a page that stands alone', async () => {
    host = hostOf(pair)
    const alone = new FakeWindow('https://hf.example')
    await expect(createGuest(asWindow(alone)).region.get()).rejects.toMatchObject({ code: codes.ended })
  })
})
