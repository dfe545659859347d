import { createRouter, createWebHistory, type RouteLocationRaw, type RouteRecordRaw } from 'vue-router'
import { APP_ROLES, CASE_ROLES, CASHIER_ROLES, CITY_ROLES, COUNT_ROLES, COUNTER_ROLES, EXCHANGE_ROLES, FLOW_ROLES, homeFor, ITEM_ROLES, LICENCE_COUNT_ROLES, LICENCE_ROLES, LOCK_ROLES, mayUse, MESSAGE_ROLES, MONEY_ROLES, PROOF_ROLES, REGISTER_ROLES, REVIEW_ROLES, SEAL_ROLES, TREASURY_ROLES, WINDOW_ROLES, YEAR_ROLES } from '#console/shell/menu.ts'
import { useSession } from '#console/stores/session.ts'

declare module 'vue-router' {
  /** `open`: without signing in; `always`: also with; `roles`: one of these is needed. */
  interface RouteMeta { title: string; open?: boolean; always?: boolean; roles?: string[] }
}

const ID = '[0-9a-f-]{36}'
const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/cases' },
  { path: '/sign-in', component: () => import('#console/pages/grants/SignInPage.vue'), meta: { title: '登录', open: true } },
  { path: '/activate', component: () => import('#console/pages/staff/ActivatePage.vue'), meta: { title: '激活账号', open: true, always: true } },
  { path: `/authorise/:id(${ID})`, component: () => import('#console/pages/grants/AuthorisePage.vue'), props: true, meta: { title: '统一身份登录', open: true, always: true } },
  { path: '/cases', component: () => import('#console/pages/cases/DeskPage.vue'), meta: { title: '办件', roles: CASE_ROLES } },
  { path: '/cases/:caseNo(\\d{24}|\\d{28})', component: () => import('#console/pages/cases/CasePage.vue'), props: true, meta: { title: '办件审查', roles: CASE_ROLES } },
  { path: '/cases/calendar', component: () => import('#console/pages/cases/CalendarPage.vue'), meta: { title: '到期日历', roles: CASE_ROLES } },
  { path: '/cases/statistics', component: () => import('#console/pages/cases/StatisticsPage.vue'), meta: { title: '办件统计', roles: COUNT_ROLES } },
  { path: '/subtasks', component: () => import('#console/pages/cases/SubtasksPage.vue'), meta: { title: '协同事项', roles: COUNT_ROLES } },
  { path: '/counter', component: () => import('#console/pages/cases/WindowPage.vue'), meta: { title: '综合受理', roles: COUNTER_ROLES } },
  { path: '/bundles', component: () => import('#console/pages/cases/BundlesPage.vue'), meta: { title: '一件事', roles: COUNT_ROLES } },
  { path: '/bundles/:bundleNo([0-9A-Z]{8,40})', component: () => import('#console/pages/cases/BundlePage.vue'), props: true, meta: { title: '一件事', roles: COUNT_ROLES } },
  { path: '/items', component: () => import('#console/pages/items/ItemsPage.vue'), meta: { title: '事项', roles: ITEM_ROLES } },
  { path: `/items/drafts/:id(${ID})`, component: () => import('#console/pages/items/DraftPage.vue'), props: true, meta: { title: '编制事项', roles: ITEM_ROLES } },
  { path: '/items/published', component: () => import('#console/pages/items/PublishedPage.vue'), meta: { title: '已发布事项', roles: ITEM_ROLES } },
  { path: '/items/published/:code([0-9A-Z]{31,33})', component: () => import('#console/pages/items/PublishedItemPage.vue'), props: true, meta: { title: '已发布事项', roles: ITEM_ROLES } },
  { path: '/items/imports', component: () => import('#console/pages/items/ImportsPage.vue'), meta: { title: '批量导入事项', roles: ITEM_ROLES } },
  { path: '/items/materials', component: () => import('#console/pages/items/MaterialsPage.vue'), meta: { title: '材料库', roles: ITEM_ROLES } },
  { path: '/items/statistics', component: () => import('#console/pages/items/FiguresPage.vue'), meta: { title: '事项统计', roles: ITEM_ROLES } },
  { path: '/items/experiences', component: () => import('#console/pages/items/ExperiencesPage.vue'), meta: { title: '办事经验', roles: ITEM_ROLES } },
  { path: '/working-days', component: () => import('#console/pages/cases/WorkingDaysPage.vue'), meta: { title: '工作日历', roles: YEAR_ROLES } },
  { path: '/entries', component: () => import('#console/pages/exchange/EntriesPage.vue'), meta: { title: '补录', roles: COUNT_ROLES } },
  { path: '/exchange/cities', component: () => import('#console/pages/exchange/CitiesPage.vue'), meta: { title: '市级汇聚', roles: CITY_ROLES } },
  { path: '/exchange', component: () => import('#console/pages/exchange/SystemsPage.vue'), meta: { title: '办件交换', roles: EXCHANGE_ROLES } },
  { path: '/flows', component: () => import('#console/pages/workflow/BoardPage.vue'), meta: { title: '流程', roles: FLOW_ROLES } },
  { path: '/flows/:kind(flow|table)/:code([a-z][a-z0-9-]{1,59})', component: () => import('#console/pages/workflow/DrawPage.vue'), props: true, meta: { title: '画流程', roles: FLOW_ROLES } },
  { path: '/apps', component: () => import('#console/pages/miniapps/AppsPage.vue'), meta: { title: '城市应用', roles: APP_ROLES } },
  { path: '/apps/overview', component: () => import('#console/pages/miniapps/OverviewPage.vue'), meta: { title: '汇聚总览', roles: ['miniapp_reviewer'] } },
  { path: '/apps/keys', component: () => import('#console/pages/miniapps/KeysPage.vue'), meta: { title: '开发者公钥', roles: ['city_publisher'] } },
  { path: '/apps/:appid([a-z0-9]{1,40})', component: () => import('#console/pages/miniapps/AppPage.vue'), props: true, meta: { title: '城市应用', roles: APP_ROLES } },
  { path: '/seals', component: () => import('#console/pages/seals/SealsPage.vue'), meta: { title: '印章柜', roles: SEAL_ROLES } },
  { path: '/seals/trust', component: () => import('#console/pages/seals/TrustPage.vue'), meta: { title: '信任列表', roles: ['seal_authority'] } },
  { path: `/seals/:id(${ID})`, component: () => import('#console/pages/seals/SealPage.vue'), props: true, meta: { title: '印章', roles: SEAL_ROLES } },
  { path: '/licence-types', component: () => import('#console/pages/licences/TypesPage.vue'), meta: { title: '证照目录', roles: LICENCE_ROLES } },
  { path: '/licence-types/new', component: () => import('#console/pages/licences/TypePage.vue'), meta: { title: '新增证照类型', roles: LICENCE_ROLES } },
  { path: `/licence-types/:id(${ID})`, component: () => import('#console/pages/licences/TypePage.vue'), props: true, meta: { title: '证照类型', roles: LICENCE_ROLES } },
  { path: '/licences', component: () => import('#console/pages/licences/LicencesPage.vue'), meta: { title: '证照管理', roles: LICENCE_ROLES } },
  { path: '/licences/imports', component: () => import('#console/pages/licences/ImportsPage.vue'), meta: { title: '历史证照入库', roles: LICENCE_ROLES } },
  { path: '/licences/directory', component: () => import('#console/pages/licences/DirectoryPage.vue'), meta: { title: '证照目录汇总', roles: LICENCE_COUNT_ROLES } },
  { path: '/licences/uses', component: () => import('#console/pages/licences/UsesPage.vue'), meta: { title: '用证统计', roles: LICENCE_COUNT_ROLES } },
  { path: `/licences/:id(${ID})`, component: () => import('#console/pages/licences/LicencePage.vue'), props: true, meta: { title: '证照', roles: LICENCE_ROLES } },
  { path: '/licence-desk', component: () => import('#console/pages/licences/WindowPage.vue'), meta: { title: '调证核验', roles: PROOF_ROLES } },
  { path: '/payments', component: () => import('#console/pages/payments/BillsPage.vue'), meta: { title: '缴款单', roles: MONEY_ROLES } },
  { path: '/payments/orders', component: () => import('#console/pages/payments/OrdersPage.vue'), meta: { title: '订单', roles: MONEY_ROLES } },
  { path: '/payments/ledger', component: () => import('#console/pages/payments/LedgerPage.vue'), meta: { title: '账簿', roles: TREASURY_ROLES } },
  { path: '/payments/access', component: () => import('#console/pages/payments/AccessPage.vue'), meta: { title: '业务系统接入', roles: TREASURY_ROLES } },
  { path: '/payments/refunds', component: () => import('#console/pages/payments/RefundsPage.vue'), meta: { title: '退款', roles: MONEY_ROLES } },
  { path: '/payments/fee-items', component: () => import('#console/pages/payments/FeeItemsPage.vue'), meta: { title: '收费目录', roles: MONEY_ROLES } },
  { path: '/payments/reconciliation', component: () => import('#console/pages/payments/ReconciliationPage.vue'), meta: { title: '对账', roles: TREASURY_ROLES } },
  { path: '/cashier', component: () => import('#console/pages/payments/CashierPage.vue'), meta: { title: '收费窗口', roles: CASHIER_ROLES } },
  { path: '/messages', component: () => import('#console/pages/notify/DeliveriesPage.vue'), meta: { title: '消息投递', roles: MESSAGE_ROLES } },
  { path: '/messages/carriers', component: () => import('#console/pages/notify/CarriersPage.vue'), meta: { title: '短信通道', roles: MESSAGE_ROLES } },
  { path: '/people', component: () => import('#console/pages/staff/PeoplePage.vue'), meta: { title: '人员', roles: REGISTER_ROLES } },
  { path: `/people/:id(${ID})`, component: () => import('#console/pages/staff/PersonPage.vue'), props: true, meta: { title: '人员详情', roles: REGISTER_ROLES } },
  { path: '/departments', component: () => import('#console/pages/staff/DepartmentsPage.vue'), meta: { title: '部门', roles: REGISTER_ROLES } },
  { path: '/systems', component: () => import('#console/pages/staff/SystemsPage.vue'), meta: { title: '业务系统', roles: REGISTER_ROLES } },
  { path: `/systems/:id(${ID})`, component: () => import('#console/pages/staff/SystemPage.vue'), props: true, meta: { title: '业务系统', roles: REGISTER_ROLES } },
  { path: '/window', component: () => import('#console/pages/identity/WindowPage.vue'), meta: { title: '实名窗口', roles: WINDOW_ROLES } },
  { path: '/video', component: () => import('#console/pages/identity/VideoQueuePage.vue'), meta: { title: '视频核验', roles: WINDOW_ROLES } },
  { path: `/video/:id(${ID})`, component: () => import('#console/pages/identity/VideoPage.vue'), props: true, meta: { title: '视频核验', roles: WINDOW_ROLES } },
  { path: '/reviews', component: () => import('#console/pages/identity/ReviewsPage.vue'), meta: { title: '身份核查', roles: REVIEW_ROLES } },
  { path: '/means', component: () => import('#console/pages/identity/MeansPage.vue'), meta: { title: '认证手段', roles: REGISTER_ROLES } },
  { path: '/federation', component: () => import('#console/pages/federation/PlatformsPage.vue'), meta: { title: '平台互认', roles: REGISTER_ROLES } },
  { path: '/federation/:code(\\d{6})', component: () => import('#console/pages/federation/PlatformPage.vue'), props: true, meta: { title: '平台互认', roles: REGISTER_ROLES } },
  { path: '/imports', component: () => import('#console/pages/federation/ImportsPage.vue'), meta: { title: '存量用户导入', roles: REGISTER_ROLES } },
  { path: `/imports/:id(${ID})`, component: () => import('#console/pages/federation/ImportPage.vue'), props: true, meta: { title: '导入结果', roles: REGISTER_ROLES } },
  { path: '/locks', component: () => import('#console/pages/grants/LocksPage.vue'), meta: { title: '解除登录锁定', roles: LOCK_ROLES } },
  { path: '/security', component: () => import('#console/pages/grants/SecurityPage.vue'), meta: { title: '账号安全' } },
  { path: '/my-systems', component: () => import('#console/pages/staff/MySystemsPage.vue'), meta: { title: '我的系统' } },
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
    const { signedIn, officer } = useSession()
    if (to.meta.always) return true
    if (to.meta.open) return signedIn ? wayBack(to.query.back) : true
    if (!officer) return { path: '/sign-in', query: to.fullPath === '/cases' ? {} : { back: to.fullPath } }
    return mayUse(to.meta.roles, officer.roles) || homeFor(officer.roles)
  })
  router.afterEach(to => { document.title = `${to.meta.title} · 万事工作台` })
  return router
}
