import { computed, ref, shallowRef, watch } from 'vue'
import { problemOf, type ApiProblem } from '#console/client/problem.ts'
import { useSession } from '#console/stores/session.ts'

/** Load something for a page: data, the problem when it failed, and a way to try again. */
export function useLoad<T>(ask: () => Promise<T>) {
  const session = useSession()
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const loading = ref(false)
  let turn = 0

  async function load() {
    const mine = ++turn
    loading.value = true
    try {
      const found = await ask()
      if (mine !== turn) return
      data.value = found
      problem.value = null
    } catch (error) {
      if (mine === turn) problem.value = problemOf(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  // What failed because the session was over is simply asked again once somebody is back.
  watch(() => session.ended, ended => { if (!ended && session.signedIn && problem.value?.kind === 'session') void load() })
  return { data, problem, loading, load, first: computed(() => loading.value && data.value === null) }
}
