import { listen } from '@wanshi/client'
import * as api from '@/api/miniapps'
import { recall, remember } from '@/stores/memory'

const READY_WITHIN_MS = 10_000
const AGAIN_MS = 5_000
const SYSTEMS: [RegExp, api.System][] = [[/harmony/i, 'harmony'], [/android/i, 'android'], [/iphone|ipad/i, 'ios'], [/windows|macintosh|linux|cros/i, 'desktop']]

/** The kind of system, as far as the browser says; rollouts may be for one kind only. */
export const systemOf = (agent: string): api.System => SYSTEMS.find(([mark]) => mark.test(agent))?.[1] ?? 'other'

/** A random number of this device, so that somebody who is not signed in gets the same version each time. */
export function deviceNumber(): string {
  const known = recall('device')
  if (known && /^[\w-]{8,64}$/.test(known)) return known
  const made = crypto.randomUUID()
  remember('device', made)
  return made
}

interface Hooks { changed: () => void; ended: () => void }

/**
 * Watches over an open app: says once how its opening went, and hears when its version changes
 * or it is taken down. Nothing here may keep the app from working.
 */
export function useWatching({ changed, ended }: Hooks) {
  let id = ''
  let began = 0
  let late = 0
  let ears: AbortController | null = null

  function tell(ready: boolean) {
    if (!id) return
    window.clearTimeout(late)
    void api.outcome(id, ready, Math.round(performance.now() - began)).catch(() => undefined)
    id = ''
  }
  async function hear(launch: string, signal: AbortSignal) {
    while (!signal.aborted) {
      await listen(`/launches/${launch}/live`, word => {
        if (word === 'changed') changed()
        if (word === 'suspended' || word === 'retired') ended()
      }, signal).catch(() => undefined)
      await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    }
  }
  function begin(launch: string) {
    stop()
    id = launch
    began = performance.now()
    late = window.setTimeout(() => tell(false), READY_WITHIN_MS)
    ears = new AbortController()
    void hear(launch, ears.signal)
  }
  function stop() {
    // Left before it was ready: neither a success nor a failure of the app.
    window.clearTimeout(late)
    id = ''
    ears?.abort()
    ears = null
  }
  return { begin, ready: () => tell(true), stop }
}
