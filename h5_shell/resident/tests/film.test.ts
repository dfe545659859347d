import { describe, expect, it, vi } from 'vitest'
import type { Live, LiveStep } from '@/api/identity'
import { bindingOf, filmStep, flashMs, moments, nextPicture, type Taken } from '@/pieces/identity/film'

const step = (more: Partial<LiveStep> = {}): LiveStep =>
  ({ index: 1, kind: 'blink', name: '', window_ms: 4000, colours: [], fewest_frames: 4, most_frames: 10, ...more })
const COLOURS = ['#ff0000', '#00ff00', '#0000ff', '#ffff00', '#ff0000', '#00ff00', '#0000ff', '#ffff00']

/** A clock on which waiting costs exactly what was asked, and taking a picture costs `slow`. */
function fakeClock(slow = 0) {
  let at = 0
  return { clock: { now: () => at, wait: async (ms: number) => { at += ms } }, camera: { grab: async () => { at += slow; return new Blob(['x']) } } }
}

async function film(asked: LiveStep, slow = 0) {
  const { clock, camera } = fakeClock(slow)
  const frames: Taken[] = []
  const colours: string[] = []
  await filmStep(asked, camera, f => frames.push(f), c => colours.push(c), clock)
  return { frames, colours }
}

describe('the film of a step', () => {
  it('takes all frames within the window, in order', async () => {
    const { frames } = await film(step())
    expect(frames.map(f => f.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(frames.every((f, i) => f.at <= 4000 && (i === 0 || f.at > frames[i - 1]!.at))).toBe(true)
  })
  it('leaves out what a slow phone would take too late', async () => {
    const { frames } = await film(step(), 900)
    expect(frames.length).toBeLessThan(10)
    expect(frames.every(f => f.at <= 4000)).toBe(true)
  })
  it('shows each colour once, one frame in each, and ends dark', async () => {
    const { frames, colours } = await film(step({ kind: 'flash', colours: COLOURS, most_frames: 8 }))
    expect(frames.length).toBe(8)
    expect(colours.slice(0, 8)).toEqual(COLOURS)
    expect(colours.at(-1)).toBe('')
  })
  it('never flickers faster than three times a second', () => {
    expect(flashMs(step({ colours: COLOURS, window_ms: 4000 }))).toBeGreaterThan(333)
    expect(moments(step({ colours: COLOURS })).at(-1)).toBeLessThan(4000)
  })
})

describe('the binding of a frame', () => {
  it('is the HMAC the server reckons', async () => {
    const live = { id: '018f0000-0000-7000-8000-000000000000', key: '00'.repeat(32) } as Live
    const mac = await bindingOf(live, 2, { n: 3, at: 900, blob: new Blob(['picture']) })
    // Reckoned by Python: hmac(key, "id|2|3|900|sha256(picture)").
    expect(mac).toBe('ecd572b1bb4f5b8cce5929d55047065bb064290e63c40251563dff5fbdda8ca2')
  })
})

describe('another picture', () => {
  function screen() {
    let next: () => void = () => undefined
    const video = { requestVideoFrameCallback: (told: () => void) => { next = told; return 1 } }
    return { video: video as unknown as HTMLVideoElement, show: () => next() }
  }
  it('is waited for when the camera has shown none since the last', async () => {
    const { video, show } = screen()
    const another = nextPicture(video)
    show()
    await another()
    let came = false
    const waiting = another().then(() => { came = true })
    await Promise.resolve()
    expect(came).toBe(false)
    show()
    await waiting
    expect(came).toBe(true)
  })
  it('is not waited for longer than a moment', async () => {
    vi.useFakeTimers()
    const waiting = nextPicture(screen().video)()
    await vi.advanceTimersByTimeAsync(400)
    await waiting
    vi.useRealTimers()
  })
  it('is whatever there is where the browser cannot tell', () => expect(nextPicture({} as HTMLVideoElement)()).resolves.toBeUndefined())
})
