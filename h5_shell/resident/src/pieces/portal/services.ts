import { messageOf, ApiProblem } from '@wanshi/client'
import { ref, shallowRef } from 'vue'
import * as apps from '@/api/miniapps'
import * as portal from '@/api/portal'
import * as search from '@/api/search'

export type View = 'theme' | 'department' | 'city'
export interface Choice { key: string; title: string; count: number }
export interface Wanted { view: View; pick: string; words: string; region: string }
const AT_ONCE = 20

/** The choices of one view, from the counts the server gives. */
export function choicesOf(groups: apps.Groups, view: View): Choice[] {
  if (view === 'department') return groups.owners.map(o => ({ key: o.name, title: o.name, count: o.count }))
  if (view === 'city') return groups.regions.map(r => ({ key: r.code, title: r.name, count: r.count }))
  return groups.categories
}
/** What is asked of the list of apps for it. */
export function askedOf({ view, pick, words, region }: Wanted): apps.Wanted {
  return {
    region: view === 'city' && pick ? pick : region, q: words || undefined, limit: AT_ONCE,
    category: view === 'theme' && pick ? pick : undefined, owner: view === 'department' && pick ? pick : undefined,
  }
}

/** Apps and items together; an answer that comes after the next question is dropped. */
export function useServices() {
  const found = shallowRef<apps.MiniApp[]>([])
  const items = shallowRef<portal.ItemCard[]>([])
  const next = ref<string | null>(null)
  const total = ref(0)
  const loading = ref(true)
  const failed = ref('')
  const offline = ref(false)
  let asking: AbortController | null = null
  let asked: apps.Wanted = {}

  async function itemsFor(wanted: Wanted, itemWords: string, signal: AbortSignal): Promise<portal.ItemCard[]> {
    const region = wanted.view === 'city' && wanted.pick ? wanted.pick : wanted.region
    if (!itemWords) return wanted.view === 'department' && wanted.pick ? [] : (await portal.home(region)).items
    const { hits } = await search.find(itemWords, region, signal)
    return hits.filter(h => h.kind === 'item').map(h => ({ code: h.code, name: h.title, department: h.subtitle, region_name: h.region_name, min_tier: h.min_tier }))
  }
  async function ask(wanted: Wanted, itemWords: string) {
    asking?.abort()
    const mine = asking = new AbortController()
    loading.value = true
    failed.value = ''
    asked = askedOf(wanted)
    try {
      const [page, others] = await Promise.all([apps.list(asked, mine.signal), itemsFor(wanted, itemWords, mine.signal)])
      if (mine.signal.aborted) return
      found.value = page.items
      next.value = page.next
      total.value = page.total
      items.value = others
    } catch (error) {
      if (mine.signal.aborted) return
      failed.value = messageOf(error)
      offline.value = error instanceof ApiProblem && error.offline
    } finally {
      if (!mine.signal.aborted) loading.value = false
    }
  }
  async function more() {
    if (!next.value) return
    const mine = asking
    const page = await apps.list({ ...asked, after: next.value })
    if (mine !== asking) return
    found.value = [...found.value, ...page.items]
    next.value = page.next
  }
  return { found, items, next, total, loading, failed, offline, ask, more }
}
