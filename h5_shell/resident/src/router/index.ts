import { nextTick } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { shell } from '@/shell/config'
import { pageChanged, tell } from '@/shell/notice'
import { useSession } from '@/stores/session'
import { t } from '@/words'
import type { Words } from '@/words/zh'
import { decide, fromHash } from './guard'
import { routes } from './routes'

declare module 'vue-router' {
  interface RouteMeta { title?: string; word?: keyof Words; signIn?: boolean; tier?: number }
}

export function createAppRouter() {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })
  router.beforeEach(to => {
    const path = to.path === '/' ? fromHash(to.hash) : null
    return path ? { path, replace: true } : decide(to, useSession())
  })
  // A page of an older release may be gone from the server, or the line is broken.
  router.onError((_error, to) => {
    if (!navigator.onLine) tell('网络连接不上，请检查网络后重试')
    else if (!to.query.fresh) location.assign(router.resolve({ ...to, query: { ...to.query, fresh: '1' } }).href)
  })
  router.afterEach((to, from) => {
    pageChanged()
    const title = to.meta.word ? t(to.meta.word) : to.meta.title
    document.title = title ? `${title} · ${shell.name}` : shell.name
    // A new page is announced to screen readers by moving focus to it, but not on arrival.
    if (from.matched.length) void nextTick(() => document.getElementById('main')?.focus({ preventScroll: true }))
  })
  return router
}
