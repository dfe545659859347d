import { ref, shallowRef } from 'vue'
import * as cases from '#console/api/cases.ts'
import type { DeskLine, DeskQuery } from '#console/api/cases.ts'
import { problemOf, type ApiProblem } from '#console/client/problem.ts'
import { TABS } from './states.ts'

/** A list that grows by pages (keyset): what is shown stays when the next page fails. */
export function useDesk() {
  const items = shallowRef<DeskLine[]>([])
  const next = ref<string | null>(null)
  const loading = ref(true)
  const problem = shallowRef<ApiProblem | null>(null)
  let turn = 0

  async function take(query: DeskQuery, cursor?: string) {
    const mine = ++turn
    loading.value = true
    problem.value = null
    if (!cursor) {
      items.value = []
      next.value = null
    }
    try {
      const page = await cases.desk({ ...query, cursor })
      if (mine !== turn) return
      items.value = cursor ? [...items.value, ...page.items] : page.items
      next.value = page.next
    } catch (error) {
      if (mine === turn) problem.value = problemOf(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  return { items, next, loading, problem, take }
}

/** How much waits in a queue: exact on one page, "30+" beyond; a silent blank when not known. */
export function useCounts() {
  const counts = shallowRef<Record<string, string>>({})
  async function count() {
    const queues = TABS.filter(t => t.counted)
    const found = await Promise.all(queues.map(async ({ state }) => {
      const page = await cases.desk({ state }).catch(() => null)
      return [state, page ? `${page.items.length}${page.next ? '+' : ''}` : ''] as const
    }))
    counts.value = Object.fromEntries(found)
  }
  return { counts, count }
}
