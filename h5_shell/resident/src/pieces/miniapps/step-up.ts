import { BridgeRefusal } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { ApiProblem, type ActAsked } from '@wanshi/client'
import { ref, shallowRef } from 'vue'
import { refusalOf } from './refusals'

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
 * What is proved for one act alone goes with the second try (R-ID-14).
 */
export function useAppStepUp({ signedIn, tier, renew, signIn, raise }: Steps) {
  /** The tier the sheet asks for; null while there is none. */
  const needed = ref<number | null>(null)
  /** The act the sheet proves, where a tier is not enough. */
  const act = shallowRef<ActAsked | null>(null)
  let asked: Promise<string | null> | null = null
  let decide: ((proof: string | null) => void) | null = null

  /** Two calls at once share one sheet; an act has its own. */
  async function ask(need: number, about: ActAsked | null): Promise<string | null> {
    if (about) while (asked) await asked
    if (!asked) {
      act.value = about
      needed.value = need
      asked = new Promise(resolve => { decide = resolve })
    }
    return asked
  }
  function settle(proof: string | null) {
    decide?.(proof)
    needed.value = act.value = asked = decide = null
  }
  const answer = (proved: boolean) => settle(proved ? '' : null)
  /** `proof` is what an act was proved by. */
  async function passed(proof = '') {
    // What this could not read, the replay is told by the server.
    if (!act.value) await renew().catch(() => undefined)
    settle(proof)
  }
  function otherWays() {
    const need = needed.value ?? BY_FACE
    answer(false)
    raise(need)
  }
  /** Comes back with the proof of an act, or nothing, when the call is worth a second try. */
  async function overcome(error: unknown): Promise<string> {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw refusalOf(error)
    if (!signedIn()) throw leaving(signIn)
    const need = error.requiredTier
    if (need === null || (need > BY_FACE && !error.act)) throw refusalOf(error)
    if (need < BY_FACE) throw leaving(() => raise(need))
    // A call that began before somebody proved more needs no second proof.
    if (!error.act && tier() >= need) return ''
    const proof = await ask(need, error.act)
    if (proof === null) throw new BridgeRefusal(codes.tierTooLow, '用户没有完成核验')
    return proof
  }
  async function stepping<T>(call: (actProof?: string) => Promise<T>): Promise<T> {
    let proof: string
    try { return await call() } catch (error) { proof = await overcome(error) }
    // Once and no more: what is refused again would be refused for ever.
    try { return await call(proof || undefined) } catch (error) { throw refusalOf(error) }
  }
  return { needed, act, stepping, answer, passed, otherWays }
}
function leaving(go: () => void) {
  go()
  return new BridgeRefusal(codes.refused, '用户还没有登录或核验')
}
