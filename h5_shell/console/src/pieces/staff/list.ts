import { ref, shallowRef } from 'vue'
import { problemOf, type ApiProblem } from '#console/client/problem.ts'

interface PageOf<T> { items: T[]; next?: string | null }

/** A list that grows by pages (keyset): what is shown stays when the next page fails. */
export function useList<T, Q>(ask: (query: Q, cursor?: string) => Promise<PageOf<T>>) {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const loading = ref(true)
  const problem = shallowRef<ApiProblem | null>(null)
  let turn = 0

  async function take(query: Q, cursor?: string) {
    const mine = ++turn
    loading.value = true
    problem.value = null
    if (!cursor) {
      items.value = []
      next.value = null
    }
    try {
      const page = await ask(query, cursor)
      if (mine !== turn) return
      items.value = cursor ? [...items.value, ...page.items] : page.items
      next.value = page.next ?? null
    } catch (error) {
      if (mine === turn) problem.value = problemOf(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  return { items, next, loading, problem, take }
}
