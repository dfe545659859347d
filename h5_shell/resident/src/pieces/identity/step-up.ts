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
  async function end() {
    forget('act-at')
    if (!id.value) return
    const query = { ...route.query }
    delete query.prove
    await router.replace({ query })
  }
  /** Whether an error asks for a proof; then the challenge is open and the page shows it. */
  async function wanted(error: unknown): Promise<boolean> {
    if (!(error instanceof ApiProblem) || !error.act) return false
    await begin(error.act)
    return true
  }
  return { id, name, wanted, end }
}
