import { createRouter, createWebHistory, type RouteLocationRaw, type RouteRecordRaw } from 'vue-router'
import { useSession } from '#console/stores/session.ts'

declare module 'vue-router' {
  interface RouteMeta { title: string; open?: boolean }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/cases' },
  { path: '/sign-in', component: () => import('#console/pages/grants/SignInPage.vue'), meta: { title: '登录', open: true } },
  { path: '/cases', component: () => import('#console/pages/cases/DeskPage.vue'), meta: { title: '办件' } },
  { path: '/cases/:caseNo(\\d{24})', component: () => import('#console/pages/cases/CasePage.vue'), props: true, meta: { title: '办件审查' } },
  { path: '/:rest(.*)*', component: () => import('#console/pages/portal/MissingPage.vue'), meta: { title: '没有这个页面' } },
]

/** Where to go after signing in: a path of ours, never another site. */
export function wayBack(back: unknown): string {
  return typeof back === 'string' && /^\/(?![/\\])/.test(back) && !back.startsWith('/sign-in') ? back : '/cases'
}

export function createAppRouter() {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
  router.beforeEach((to): true | RouteLocationRaw => {
    const { signedIn } = useSession()
    if (to.meta.open) return signedIn ? wayBack(to.query.back) : true
    return signedIn || { path: '/sign-in', query: to.fullPath === '/cases' ? {} : { back: to.fullPath } }
  })
  router.afterEach(to => { document.title = `${to.meta.title} · 万事工作台` })
  return router
}
