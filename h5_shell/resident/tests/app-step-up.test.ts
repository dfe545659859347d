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
    expect(await call).toMatchObject({ code: codes.tierTooLow })
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
    expect(told).toMatchObject({ code: codes.tierTooLow })
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

describe('a call that needs an act proved', () => {
  const act = { act: 'miniapps.verify_face', act_name: '向应用证明是您本人', about: 'n1', digest: 'f'.repeat(64) }
  const wanted = () => new ApiProblem({ code: 'kernel.tier_required', status: 401, required_tier: 3, act }, 401)
  it('carries the proof in its second try, even for who holds the tier', async () => {
    tier = 3
    const step = made()
    const call = vi.fn(async (proof?: string) => { if (!proof) throw wanted(); return proof })
    const done = step.stepping(call)
    await flushPromises()
    expect([step.needed.value, step.act.value]).toEqual([3, act])
    await step.passed('proof-1')
    await expect(done).resolves.toBe('proof-1')
    expect(call.mock.calls).toEqual([[], ['proof-1']])
  })
  it('never shares its proof with another act that was asked for meanwhile', async () => {
    const step = made()
    const call = vi.fn(async (proof?: string) => { if (!proof) throw wanted(); return proof })
    const both = [step.stepping(call), step.stepping(call)]
    await flushPromises()
    await step.passed('one')
    await flushPromises()
    expect(step.act.value).toEqual(act)
    await step.passed('two')
    await expect(Promise.all(both)).resolves.toEqual(['one', 'two'])
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
  it.each([
    ['a third tier that names no act', tooLow(3), codes.tierTooLow], ['an opening that is over', new ApiProblem({ code: 'miniapps.no_such_launch' }, 404), codes.ended],
    ['a bill that is nowhere', new ApiProblem({ code: 'payments.no_such_bill' }, 404), codes.failed], ['a forged signature', new ApiProblem({ code: 'miniapps.proof_invalid' }, 403), codes.badProof],
    ['a broken line', new ApiProblem({ code: 'client.offline' }), codes.offline], ['too many calls', new ApiProblem({}, 429), codes.tooMany], ['a bug', new TypeError('x'), codes.failed],
  ])('passes on %s in the bridge’s own words, without asking', async (_, error, code) => {
    const step = made()
    const call = vi.fn().mockRejectedValue(error)
    expect(await settled(step.stepping(call))).toMatchObject({ code })
    expect([call.mock.calls.length, step.needed.value]).toEqual([1, null])
  })
  it('goes another way at the person’s wish, and the call is refused', async () => {
    const step = made()
    const call = settled(step.stepping(server))
    await flushPromises()
    step.otherWays()
    expect(await call).toMatchObject({ code: codes.tierTooLow })
    expect(leave.raise).toHaveBeenCalledWith(2)
  })
})
