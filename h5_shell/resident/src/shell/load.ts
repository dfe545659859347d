import { ApiProblem, messageOf } from '@wanshi/client'
import { ref, shallowRef } from 'vue'

/** Load something once for a page: data, a sentence when it failed, and a way to try again. */
export function useLoad<T>(ask: () => Promise<T>) {
  const data = shallowRef<T | null>(null)
  const failed = ref('')
  const offline = ref(false)
  const missing = ref(false)
  const loading = ref(true)

  async function load() {
    loading.value = true
    failed.value = ''
    try {
      data.value = await ask()
    } catch (error) {
      failed.value = messageOf(error)
      offline.value = error instanceof ApiProblem && error.offline
      missing.value = error instanceof ApiProblem && error.status === 404
    } finally {
      loading.value = false
    }
  }
  void load()
  return { data, failed, offline, missing, loading, load }
}
