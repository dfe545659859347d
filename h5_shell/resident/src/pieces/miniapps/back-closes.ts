import { watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * Back closes what lies over a page instead of leaving it: while it is open it has a place in the
 * history of its own (`?over=1`), so this holds for people who came by a link as well.
 */
export function useBackCloses(open: Ref<boolean>, close: () => void) {
  const route = useRoute()
  const router = useRouter()
  let leaving = false
  /** Our own step back is on its way: what opens before it arrives is not closed by it. */
  let returning = false
  const without = () => ({ path: route.path, query: Object.fromEntries(Object.entries(route.query).filter(([name]) => name !== 'over')), hash: route.hash })
  const enter = () => { void router.push({ query: { ...route.query, over: '1' }, hash: route.hash }) }
  if (route.query.over) void router.replace(without())
  watch(open, on => {
    if (on && !route.query.over) enter()
    else if (!on && route.query.over && !leaving && !returning) {
      returning = true
      router.back()
    }
  })
  watch(() => route.query.over, over => {
    if (over) return
    const ours = returning
    returning = false
    if (!open.value) return
    if (ours) enter()
    else close()
  })
  return {
    /** The page's own address. */
    here: () => router.resolve(without()).fullPath,
    /** For who goes elsewhere from it: then nothing has to be taken back. */
    leave: () => { leaving = true },
  }
}
