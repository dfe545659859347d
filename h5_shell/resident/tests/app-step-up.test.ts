import { BridgeRefusal } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { ApiProblem } from '@wanshi/client'
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useAppStepUp } from '@/pieces/miniapps/step-up'

const tooLow = (required_tier = 2) => new ApiProblem({ code: 'kernel.tier_required', status: 401, required_tier }, 401)
let tier: number, signedIn: boolean
const leave = { signIn: vi.fn(), raise: vi.fn() }
/** A server that gives a ticket to whoever stands high enough. */
const server = vi.fn(async () => { if (tier < 2) throw tooLow(); return 'ticket' })
const renew = vi.fn(async () => { tier = 2 })
const made = () => useAppStepUp({ signedIn: () => signedIn, tier: () => tier, renew, ...leave })
const settled = <T>(work: Promise<T>) => work.catch((e: unknown) => e)

beforeEach(() => {
  vi.clearAllMocks()
  tier = 1
  signedIn = true
})

describe('an app’s call that needs a higher tier', () => {
  it('is done again once after the proof, and the app never learns of it', async () => {
    const step = made()
    const call = step.stepping(server)
    await flushPromises()
    expect(step.needed.value).toBe(2)
    await step.passed()
    await expect(call).resolves.toBe('ticket')
    expect([server.mock.calls.length, renew.mock.calls.length, step.needed.value]).toEqual([2, 1, null])
  })
  it('is refused when the person will not prove it, and is not done again', async () => {
    const step = made()
    const call = settled(step.stepping(server))
    await flushPromises()
    step.answer(false)
    expect(await call).toMatchObject({ code: codes.refused })
    expect([server.mock.calls.length, step.needed.value]).toEqual([1, null])
  })
  it('fails when it is refused a second time, without asking for ever', async () => {
    const step = made()
    renew.mockImplementationOnce(async () => { /* the proof did not count */ })
    const call = settled(step.stepping(server))
    await flushPromises()
    await step.passed()
    const told = await call
    expect(told).toBeInstanceOf(BridgeRefusal)
    expect(told).toMatchObject({ code: codes.failed })
    expect([server.mock.calls.length, step.needed.value]).toEqual([2, null])
  })
  it('is replayed even when the session could not be read again: the server has the last word', async () => {
    const step = made()
    renew.mockImplementationOnce(async () => { tier = 2; throw new Error('line broke') })
    const call = step.stepping(server)
    await flushPromises()
    await step.passed()
    await expect(call).resolves.toBe('ticket')
  })
  it('shares one sheet with another at the same time; each is replayed once', async () => {
    const step = made()
    const calls = Promise.all([step.stepping(server), step.stepping(server)])
    await flushPromises()
    await step.passed()
    await expect(calls).resolves.toEqual(['ticket', 'ticket'])
    expect([server.mock.calls.length, renew.mock.calls.length]).toEqual([4, 1])
  })
  it('that comes late, after the proof, needs no second one', async () => {
    const step = made()
    const late = step.stepping(vi.fn().mockImplementationOnce(async () => { tier = 2; throw tooLow() }).mockResolvedValueOnce('ticket'))
    await expect(late).resolves.toBe('ticket')
    expect(step.needed.value).toBeNull()
  })
  it('asks anew in a later call after an earlier refusal', async () => {
    const step = made()
    const first = settled(step.stepping(server))
    await flushPromises()
    step.answer(false)
    await first
    const second = step.stepping(server)
    await flushPromises()
    expect(step.needed.value).toBe(2)
    await step.passed()
    await expect(second).resolves.toBe('ticket')
  })
})

describe('what no sheet can give', () => {
  it('sends to sign in whoever lost the session on the way', async () => {
    signedIn = false
    expect(await settled(made().stepping(server))).toMatchObject({ code: codes.refused })
    expect([leave.signIn.mock.calls.length, leave.raise.mock.calls.length]).toEqual([1, 0])
  })
  it('leaves the app for the first tier', async () => {
    const call = vi.fn().mockRejectedValue(tooLow(1))
    expect(await settled(made().stepping(call))).toMatchObject({ code: codes.refused })
    expect(leave.raise).toHaveBeenCalledWith(1)
    expect(call).toHaveBeenCalledTimes(1)
  })
  it.each([['a third tier', tooLow(3)], ['another refusal', new ApiProblem({ code: 'miniapps.no_such_launch' }, 404)], ['a bug', new TypeError('x')]])('passes on %s as a failure', async (_, error) => {
    const step = made()
    const call = vi.fn().mockRejectedValue(error)
    expect(await settled(step.stepping(call))).toMatchObject({ code: codes.failed })
    expect([call.mock.calls.length, step.needed.value]).toEqual([1, null])
  })
  it('goes another way at the person’s wish, and the call is refused', async () => {
    const step = made()
    const call = settled(step.stepping(server))
    await flushPromises()
    step.otherWays()
    expect(await call).toMatchObject({ code: codes.refused })
    expect(leave.raise).toHaveBeenCalledWith(2)
  })
})
