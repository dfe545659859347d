/**
 * A film of the face for the live check: frames are taken at even times within the step's window
 * and sent one by one, each bound to the film by HMAC (auth/identity/service/liveness.py).
 */
import { ApiProblem } from '@wanshi/client'
import type { Live, LiveStep } from '@/api/identity'

export const SIDE = 640
/** Slow enough not to flicker (WCAG 2.3.1: three a second at most). */
export const FLASH_MS = 500
const QUALITY = 0.8

export interface Taken { n: number; at: number; blob: Blob }
export interface Camera { grab: () => Promise<Blob> }
export interface Clock { now: () => number; wait: (ms: number) => Promise<void> }

export const wallClock: Clock = {
  now: () => performance.now(),
  wait: ms => new Promise(done => setTimeout(done, ms)),
}

/** How long a slow camera is waited for; without a new picture the old one is taken. */
const NEW_PICTURE_MS = 400

/**
 * Waits, where the browser can tell, until the video shows another picture than at the last call:
 * a busy phone's camera falls behind, and the same picture twice would be taken for a replay.
 */
export function nextPicture(video: HTMLVideoElement): () => Promise<void> {
  if (!('requestVideoFrameCallback' in video)) return () => Promise.resolve()
  let shown = 0
  let taken = 0
  let told: () => void = () => undefined
  const tick = () => {
    shown += 1
    told()
    video.requestVideoFrameCallback(tick)
  }
  video.requestVideoFrameCallback(tick)
  return async () => {
    if (shown === taken) {
      await new Promise<void>(done => {
        const late = setTimeout(done, NEW_PICTURE_MS)
        told = () => { clearTimeout(late); done() }
      })
    }
    taken = shown
  }
}

/** Takes frames from a playing video, as small as the check needs them. */
export function cameraOf(video: HTMLVideoElement): Camera {
  const canvas = document.createElement('canvas')
  const another = nextPicture(video)
  return {
    grab: () => another().then(() => new Promise((done, failed) => {
      const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight))
      canvas.width = Math.round(video.videoWidth * scale)
      canvas.height = Math.round(video.videoHeight * scale)
      canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height)
      canvas.toBlob(blob => (blob ? done(blob) : failed(new Error('no picture'))), 'image/jpeg', QUALITY)
    })),
  }
}

/** The moments (ms into the step) at which frames are taken. */
export function moments(step: LiveStep): number[] {
  if (step.colours.length) return step.colours.map((_, i) => Math.round((i + 0.8) * flashMs(step)))
  const count = step.most_frames
  return Array.from({ length: count }, (_, i) => Math.round(step.window_ms * (i + 0.5) / (count + 0.5)))
}
export const flashMs = (step: LiveStep) => Math.min(FLASH_MS, Math.floor(step.window_ms / (step.colours.length + 1)))

/** Film one step; `colour` lights the screen, `taken` gets each frame at once. */
export async function filmStep(
  step: LiveStep, camera: Camera, taken: (frame: Taken) => void, colour: (c: string) => void, clock = wallClock,
) {
  const began = clock.now()
  if (step.colours.length) colour(step.colours[0]!)
  const when = moments(step)
  for (let n = 0; n < when.length; n += 1) {
    await clock.wait(Math.max(0, when[n]! - (clock.now() - began)))
    const at = Math.round(clock.now() - began)
    // A slow phone may be late: what is past the window would be refused.
    if (at > step.window_ms) break
    taken({ n, at, blob: await camera.grab() })
    if (step.colours.length) colour(step.colours[n + 1] ?? '')
  }
  colour('')
}

const hex = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes), b => b.toString(16).padStart(2, '0')).join('')
const unhex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16))

/** The binding of one frame: HMAC-SHA256 under the film's key. */
export async function bindingOf(live: Live, step: number, frame: Taken): Promise<string> {
  const sha = hex(await crypto.subtle.digest('SHA-256', await frame.blob.arrayBuffer()))
  const key = await crypto.subtle.importKey('raw', unhex(live.key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const said = new TextEncoder().encode(`${live.id}|${step}|${frame.n}|${frame.at}|${sha}`)
  return hex(await crypto.subtle.sign('HMAC', key, said))
}

/** Frames without a usable face are not lost tries: what to do better is told, the film goes on. */
export const adviceOf = (error: unknown) =>
  error instanceof ApiProblem && error.code.startsWith('face.') ? error.message : ''
