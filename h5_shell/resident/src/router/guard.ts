import type { RouteLocationNormalized, RouteLocationRaw } from 'vue-router'

export interface Who { signedIn: boolean; tier: number }

/** Where somebody who wants `to` must go first, or true. Deep links come back through `back`. */
export function decide(to: Pick<RouteLocationNormalized, 'meta' | 'fullPath'>, who: Who): true | RouteLocationRaw {
  const need = typeof to.meta.tier === 'number' ? to.meta.tier : 0
  if ((to.meta.signIn || need > 0) && !who.signedIn) return { path: '/sign-in', query: { back: to.fullPath } }
  if (need > who.tier) return { path: '/tier', query: { need: String(need), back: to.fullPath } }
  return true
}

/** Payment gateways may only know addresses with a fragment: /#/pay/result/N → /pay/result/N. */
export function fromHash(hash: string): string | null {
  return /^#\/(?![/\\])/.test(hash) ? hash.slice(1) : null
}
