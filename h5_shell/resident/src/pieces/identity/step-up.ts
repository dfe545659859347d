import { ApiProblem, type ActAsked } from '@wanshi/client'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import * as acts from '@/api/acts'
import { forget, remember } from '@/stores/memory'

/**
 * The step-up of one page. The challenge stands in the address (`?prove=`), so the page with
 * everything typed stays mounted, Back cancels, and a reload or a text message leads back.
 */
export function useStepUp() {
  const route = useRoute()
  const router = useRouter()
  const id = computed(() => (typeof route.query.prove === 'string' ? route.query.prove : ''))

  async function begin(asked: ActAsked) {
    const act = await acts.open(asked)
    const query = { ...route.query, prove: act.id }
    await (id.value ? router.replace({ query }) : router.push({ query }))
    remember('act-at', route.fullPath)
  }
  const done = () => forget('act-at')
  async function end() {
    done()
    if (!id.value) return
    const query = { ...route.query }
    delete query.prove
    await router.replace({ query })
  }
  /** What is wrong besides a missing proof; null when only that was, and the challenge is open now. */
  async function besides(error: unknown): Promise<unknown> {
    if (!(error instanceof ApiProblem) || !error.act) return error
    return begin(error.act).then(() => null, trouble => trouble as unknown)
  }
  return { id, besides, done, end }
}
