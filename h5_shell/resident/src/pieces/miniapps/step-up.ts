import { BridgeRefusal } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { ApiProblem, messageOf } from '@wanshi/client'
import { ref } from 'vue'

/** What the real-person check gives. The tier below is no step up, the one above is proved per act. */
const BY_FACE = 2

export interface Steps {
  signedIn: () => boolean
  /** The tier the session holds now. */
  tier: () => number
  /** Have it read again: the token still carries the tier from before. */
  renew: () => Promise<unknown>
  /** Both leave the app: for who is not signed in, and for who wants or needs another way up. */
  signIn: () => void
  raise: (need: number) => void
}

/**
 * A running app's call that was refused for too low a tier (RFC 9470) is done once more after the
 * person has proved more on a sheet over it. The app waits and learns nothing of this (R-ID-13).
 */
export function useAppStepUp({ signedIn, tier, renew, signIn, raise }: Steps) {
  /** The tier the sheet asks for; null while there is none. */
  const needed = ref<number | null>(null)
  let asked: Promise<boolean> | null = null
  let decide: ((proved: boolean) => void) | null = null

  /** Two calls at once share one sheet. */
  function ask(need: number): Promise<boolean> {
    needed.value = need
    asked ??= new Promise(resolve => { decide = resolve })
    return asked
  }
  function answer(proved: boolean) {
    decide?.(proved)
    needed.value = asked = decide = null
  }
  async function passed() {
    // What this could not read, the replay is told by the server.
    await renew().catch(() => undefined)
    answer(true)
  }
  function otherWays() {
    const need = needed.value ?? BY_FACE
    answer(false)
    raise(need)
  }
  /** Comes back when the call is worth a second try. */
  async function overcome(error: unknown) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw failure(error)
    if (!signedIn()) throw leaving(signIn)
    const need = error.requiredTier
    if (need === null || need > BY_FACE) throw failure(error)
    if (need < BY_FACE) throw leaving(() => raise(need))
    // A call that began before somebody proved more needs no second proof.
    if (tier() < need && !await ask(need)) throw new BridgeRefusal(codes.refused, '用户没有完成核验')
  }
  async function stepping<T>(call: () => Promise<T>): Promise<T> {
    try { return await call() } catch (error) { await overcome(error) }
    // Once and no more: what is refused again would be refused for ever.
    try { return await call() } catch (error) { throw failure(error) }
  }
  return { needed, stepping, answer, passed, otherWays }
}
const failure = (error: unknown) => new BridgeRefusal(codes.failed, messageOf(error))
function leaving(go: () => void) {
  go()
  return new BridgeRefusal(codes.refused, '用户还没有登录或核验')
}
