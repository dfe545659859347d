import { beforeEach, describe, expect, it, vi } from 'vitest'

const outcome = vi.fn(() => Promise.resolve())
let heard: (word: string) => void = () => undefined
const listen = vi.fn((_: string, hear: (word: string) => void, signal: AbortSignal) => new Promise<void>(resolve => {
  heard = hear
  signal.addEventListener('abort', () => resolve())
}))
vi.mock('@wanshi/client', () => ({ listen }))
vi.mock('@/api/miniapps', () => ({ outcome }))
const { deviceNumber, systemOf, useWatching } = await import('@/pieces/miniapps/watching')

describe('watching over an open app', () => {
  const changed = vi.fn()
  const ended = vi.fn()
  beforeEach(() => { vi.useFakeTimers(); vi.clearAllMocks() })

  it('tells once that it is ready, and not that it was late afterwards', () => {
    const watching = useWatching({ changed, ended })
    watching.begin('l1')
    watching.ready()
    watching.ready()
    vi.advanceTimersByTime(60_000)
    expect(outcome).toHaveBeenCalledTimes(1)
    expect(outcome).toHaveBeenCalledWith('l1', true, expect.any(Number))
    watching.stop()
  })
  it('tells a failure when nothing came within ten seconds', () => {
    const watching = useWatching({ changed, ended })
    watching.begin('l2')
    vi.advanceTimersByTime(9_999)
    expect(outcome).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(outcome).toHaveBeenCalledWith('l2', false, expect.any(Number))
    watching.stop()
  })
  it('tells nothing of an app that was left before it was ready', () => {
    const watching = useWatching({ changed, ended })
    watching.begin('l3')
    watching.stop()
    vi.advanceTimersByTime(60_000)
    expect(outcome).not.toHaveBeenCalled()
  })
  it('hears of a change and of the end', () => {
    const watching = useWatching({ changed, ended })
    watching.begin('l4')
    expect(listen.mock.calls[0]?.[0]).toBe('/launches/l4/live')
    for (const word of ['hello', 'changed', 'suspended']) heard(word)
    expect([changed.mock.calls.length, ended.mock.calls.length]).toEqual([1, 1])
    watching.stop()
    expect(listen.mock.calls[0]?.[2].aborted).toBe(true)
  })
})

describe('what an opening says of the device', () => {
  it('keeps one random number', () => {
    const first = deviceNumber()
    expect(first).toMatch(/^[\w-]{36}$/)
    expect(deviceNumber()).toBe(first)
  })
  it.each([
    ['Mozilla/5.0 (Linux; Android 14; Pixel 8)', 'android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)', 'ios'],
    ['Mozilla/5.0 (Phone; OpenHarmony 5.0)', 'harmony'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'desktop'],
    ['curl/8', 'other'],
  ])('reads %s', (agent, system) => expect(systemOf(agent)).toBe(system))
})
