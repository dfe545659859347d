import { ApiProblem, type ActAsked } from '@wanshi/client'
import { computed, ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import * as acts from '@/api/acts'
import { forget, remember } from '@/stores/memory'

/** What people read for an act when a reload has lost the refusal that named it. */
const NAME = '提交申请'

/**
 * The step-up of one page. The challenge stands in the address (`?prove=`), so the page with
 * everything typed stays mounted, Back cancels, and a reload or a text message leads back.
 */
export function useStepUp() {
  const route = useRoute()
  const router = useRouter()
  const name = ref(NAME)
  const id = computed(() => (typeof route.query.prove === 'string' ? route.query.prove : ''))

  async function begin(asked: ActAsked) {
    const act = await acts.open(asked)
    name.value = asked.act_name
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
  return { id, name, besides, done, end }
}
