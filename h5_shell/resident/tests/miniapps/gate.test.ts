import { codes } from '@wanshi/bridge/protocol'
import { ApiProblem } from '@wanshi/client'
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as api from '@/api/miniapps'
import { makeGate } from '@/pieces/miniapps/gate'
import { useSheets } from '@/pieces/miniapps/sheets'
import { call, launch, permission } from './launch'

let signedIn: boolean
const signIn = vi.fn()
const consent = vi.spyOn(api, 'consent')
const verified = vi.spyOn(api, 'call')
const stepping = <T>(work: (proof?: string) => Promise<T>) => work()
function made(opened = launch()) {
  const sheets = useSheets()
  return { sheets, gate: makeGate({ launch: opened, sheets, signedIn: () => signedIn, signIn, stepping }) }
}
const settled = (work: Promise<unknown>) => work.then(() => 'allowed', (e: { code?: string }) => e.code)
const PLACE = call('ah.device.getLocation')

beforeEach(() => {
  vi.clearAllMocks()
  signedIn = true
  consent.mockResolvedValue(undefined)
  verified.mockResolvedValue({ done: false, value: null })
})

describe('what an app declared and reviewers approved', () => {
  it('is all it may ask for', () => {
    const { gate } = made()
    expect([gate.declared('device.geolocation'), gate.declared('device.phone'), gate.approved('device.scan'), gate.approved('device.geolocation')]).toEqual([true, false, false, true])
  })
})

describe('the first use of a permission', () => {
  it('sends a stranger to sign in before a personal one is even asked for', async () => {
    signedIn = false
    const { gate, sheets } = made()
    expect(await settled(gate.consent(call('ah.auth.getTicket')))).toBe(codes.refused)
    expect(await settled(gate.consent(call('ah.pay.request')))).toBe(codes.refused)
    expect([signIn.mock.calls.length, sheets.current.value, consent.mock.calls.length]).toEqual([2, null, 0])
  })
  it('asks the person, tells the server, and asks no more', async () => {
    const { gate, sheets } = made()
    const asked = settled(gate.consent(PLACE))
    await flushPromises()
    expect(sheets.current.value?.kind).toBe('consent')
    sheets.settle({ allow: true, remember: true })
    expect(await asked).toBe('allowed')
    expect(consent).toHaveBeenCalledWith('n1', { token: 'tok', scope: 'device.geolocation', allow: true, remember: true })
    expect(await settled(gate.consent(PLACE))).toBe('allowed')
    expect(consent).toHaveBeenCalledTimes(1)
  })
  it('is one sheet for two calls at once', async () => {
    const { gate, sheets } = made()
    const both = Promise.all([settled(gate.consent(PLACE)), settled(gate.consent(PLACE))])
    await flushPromises()
    sheets.settle({ allow: true, remember: false })
    expect(await both).toEqual(['allowed', 'allowed'])
    expect(consent).toHaveBeenCalledTimes(1)
  })
  it('is refused when the sheet is closed, and asked only twice in one opening', async () => {
    const { gate, sheets } = made()
    for (const answer of [null, { allow: false, remember: true }]) {
      const asked = settled(gate.consent(PLACE))
      await flushPromises()
      sheets.settle(answer)
      expect(await asked).toBe(codes.refused)
    }
    expect(await settled(gate.consent(PLACE))).toBe(codes.refused)
    expect(sheets.current.value).toBeNull()
    expect(consent.mock.calls.map(c => [c[1].allow, c[1].remember])).toEqual([[false, false], [false, false]])
  })
  it('does not hold when the server could not keep it', async () => {
    consent.mockRejectedValue(new ApiProblem({ code: 'client.offline' }))
    const { gate, sheets } = made()
    const asked = settled(gate.consent(PLACE))
    await flushPromises()
    sheets.settle({ allow: true, remember: false })
    expect(await asked).toBe(codes.offline)
  })
  it('is not asked for what the person allowed for good before', async () => {
    const { gate } = made(launch({ permissions: [permission('device.geolocation', { granted: 'always' })] }))
    expect(await settled(gate.consent(PLACE))).toBe('allowed')
    expect(consent).not.toHaveBeenCalled()
  })
  it('may be remembered only for who is signed in, and never on trial', async () => {
    for (const [who, trial, expected] of [[false, false, false], [true, true, false], [true, false, true]] as const) {
      signedIn = who
      const { gate, sheets } = made(launch({ trial }))
      void settled(gate.consent(PLACE))
      await flushPromises()
      expect((sheets.current.value?.ask as { rememberable: boolean }).rememberable).toBe(expected)
      sheets.dismiss()
    }
  })
})

describe('the server’s verdict', () => {
  it('is asked with the token and the origin; of the page’s words only what it needs', async () => {
    const { gate } = made()
    await gate.verify(call('ah.device.phoneCall', { params: { number: '13800000000' }, proof: { appId: 'wx1' } }))
    await gate.verify(call('ah.pay.request', { params: { bill: 'B1' } }))
    expect(verified.mock.calls.map(c => c[1])).toEqual([
      { token: 'tok', origin: launch().origin, method: 'ah.device.phoneCall', proof: { appId: 'wx1' }, act_proof: undefined },
      { token: 'tok', origin: launch().origin, method: 'ah.pay.request', proof: undefined, act_proof: undefined, params: { bill: 'B1' } },
    ])
  })
  it('asks once more when consent was taken back meanwhile, then replays', async () => {
    const { gate, sheets } = made(launch({ permissions: [permission('device.geolocation', { granted: 'always' })] }))
    verified.mockRejectedValueOnce(new ApiProblem({ code: 'miniapps.consent_needed' }, 409))
    const asked = gate.verify(PLACE)
    await flushPromises()
    sheets.settle({ allow: true, remember: true })
    await expect(asked).resolves.toEqual({ done: false, value: null })
    expect(verified).toHaveBeenCalledTimes(2)
  })
  it('gives a ticket as the result, but leaves an open bill to the cashier', async () => {
    const { gate } = made()
    verified.mockResolvedValueOnce({ done: true, value: { ticket: 'x' } })
    expect(await gate.verify(call('ah.auth.getTicket'))).toEqual({ done: true, value: { ticket: 'x' } })
    verified.mockResolvedValueOnce({ done: true, value: { bill: 'B1', title: '费用' } })
    expect((await gate.verify(call('ah.pay.request'))).done).toBe(false)
    verified.mockResolvedValueOnce({ done: true, value: { bill: 'B1', status: 'paid' } })
    expect((await gate.verify(call('ah.pay.request'))).done).toBe(true)
  })
})

it('asks for one tap, and refuses without it', async () => {
  const { gate, sheets } = made()
  const asked = settled(gate.gesture(PLACE))
  await flushPromises()
  expect(sheets.current.value?.ask).toEqual({ what: '获取您的位置' })
  sheets.settle(null)
  expect(await asked).toBe(codes.gestureNeeded)
})
