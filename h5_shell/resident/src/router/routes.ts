import type { RouteRecordRaw } from 'vue-router'

/** Addresses of the app. A page with a `word` speaks the shell’s language, one with a `title` is Chinese. `signIn` and `tier` are what the guard asks for before the page opens. */
export const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('@/pages/portal/HomePage.vue'), meta: { word: 'tab.home' } },
  { path: '/regions', component: () => import('@/pages/portal/RegionPage.vue'), meta: { word: 'region.title' } },
  { path: '/search', component: () => import('@/pages/search/SearchPage.vue'), meta: { title: '搜索' } },
  { path: '/items/:code', component: () => import('@/pages/items/GuidePage.vue'), props: true, meta: { title: '办事指南' } },
  { path: '/items/:code/booking', component: () => import('@/pages/appointments/BookingPage.vue'), props: true, meta: { title: '预约到窗口', tier: 1 } },
  { path: '/appointments', component: () => import('@/pages/appointments/BookingListPage.vue'), meta: { title: '我的预约', tier: 1 } },

  { path: '/sign-in', component: () => import('@/pages/grants/SignInPage.vue'), meta: { title: '登录' } },
  { path: '/sign-up', component: () => import('@/pages/grants/SignUpPage.vue'), meta: { title: '注册' } },
  { path: '/reset-password', component: () => import('@/pages/grants/ResetPage.vue'), meta: { title: '重设密码' } },
  { path: '/sign-up/waiting/:id', component: () => import('@/pages/grants/WaitingPage.vue'), props: true, meta: { title: '注册' } },
  { path: '/assisted/:id', component: () => import('@/pages/grants/AssistedPage.vue'), props: true, meta: { title: '设置密码' } },
  { path: '/authorise/:id', component: () => import('@/pages/grants/AuthorisePage.vue'), props: true, meta: { title: '登录确认' } },
  { path: '/first-sign-in', component: () => import('@/pages/federation/FirstSignInPage.vue'), meta: { title: '首次登录' } },
  { path: '/recognition', component: () => import('@/pages/federation/RecognitionPage.vue'), meta: { title: '用其他平台登录' } },
  { path: '/recognition/done', component: () => import('@/pages/federation/RecognisedPage.vue'), meta: { title: '用其他平台登录' } },
  { path: '/terms/:which', component: () => import('@/pages/people/TermsPage.vue'), props: true, meta: { title: '协议与隐私' } },

  { path: '/tier', component: () => import('@/pages/identity/TierPage.vue'), meta: { title: '实名等级', signIn: true } },
  { path: '/tier/by/:means', component: () => import('@/pages/identity/CertifyPage.vue'), props: true, meta: { title: '实名认证', tier: 1 } },
  { path: '/tier/window', component: () => import('@/pages/identity/WindowPage.vue'), meta: { title: '到窗口认证' } },
  { path: '/tier/voice', component: () => import('@/pages/identity/VoicePage.vue'), meta: { title: '声纹', tier: 2 } },
  { path: '/identity/certifications/:id', component: () => import('@/pages/identity/CertifiedPage.vue'), props: true, meta: { title: '认证结果', signIn: true } },
  { path: '/tier/face', component: () => import('@/pages/identity/FacePage.vue'), meta: { title: '人脸核验', tier: 1 } },

  { path: '/apply/:code', component: () => import('@/pages/cases/ApplyPage.vue'), props: true, meta: { title: '在线申请', signIn: true } },
  { path: '/drafts/:id', component: () => import('@/pages/cases/DraftPage.vue'), props: true, meta: { title: '填写申请', signIn: true } },
  { path: '/drafts/:id/confirm', component: () => import('@/pages/cases/ConfirmPage.vue'), props: true, meta: { title: '核对并提交', signIn: true } },
  { path: '/drafts/:id/licences/:code', component: () => import('@/pages/cases/LicenceQuestionPage.vue'), props: true, meta: { title: '用证照办事', signIn: true } },
  { path: '/themes', component: () => import('@/pages/themes/ThemeListPage.vue'), meta: { title: '一件事' } },
  { path: '/themes/:code', component: () => import('@/pages/themes/ThemePage.vue'), props: true, meta: { title: '一件事' } },
  { path: '/bundles/:no', component: () => import('@/pages/cases/BundlePage.vue'), props: true, meta: { title: '一件事', tier: 1 } },
  { path: '/bundles/:no/confirm', component: () => import('@/pages/cases/BundleConfirmPage.vue'), props: true, meta: { title: '核对并提交', tier: 1 } },
  { path: '/cases', component: () => import('@/pages/cases/CaseListPage.vue'), meta: { title: '我的办件' } },
  { path: '/cases/:no', component: () => import('@/pages/cases/CasePage.vue'), props: true, meta: { title: '办件详情', signIn: true } },
  { path: '/cases/:no/correction', component: () => import('@/pages/cases/CorrectionPage.vue'), props: true, meta: { title: '补正材料', signIn: true } },
  { path: '/cases/:no/papers', component: () => import('@/pages/logistics/PickUpPage.vue'), props: true, meta: { title: '寄送材料原件', tier: 1 } },
  { path: '/parcels', component: () => import('@/pages/logistics/ParcelListPage.vue'), meta: { title: '我的包裹', tier: 1 } },
  { path: '/parcels/:id', component: () => import('@/pages/logistics/ParcelPage.vue'), props: true, meta: { title: '包裹详情', tier: 1 } },
  { path: '/cases/:no/rating', component: () => import('@/pages/evaluations/RatingPage.vue'), props: true, meta: { title: '评价', signIn: true } },

  { path: '/bills', component: () => import('@/pages/payments/BillListPage.vue'), meta: { title: '缴费', signIn: true } },
  { path: '/bills/:no', component: () => import('@/pages/payments/BillPage.vue'), props: true, meta: { title: '缴款单', signIn: true } },
  { path: '/pay/result/:no', component: () => import('@/pages/payments/ResultPage.vue'), props: true, meta: { title: '缴费结果', signIn: true } },

  { path: '/move-car', component: () => import('@/pages/move_car/CodesPage.vue'), meta: { title: '码上挪车', tier: 2 } },
  { path: '/move-car/requests', component: () => import('@/pages/move_car/RequestsPage.vue'), meta: { title: '挪车请求', tier: 2 } },
  // Whoever scans a sticker or gets a text message may have no account here.
  { path: '/move/answer/:answerKey', component: () => import('@/pages/move_car/AnswerPage.vue'), props: true, meta: { title: '有人请您挪车' } },
  { path: '/move/:token', component: () => import('@/pages/move_car/ScanPage.vue'), props: true, meta: { title: '请车主挪车' } },

  { path: '/licences', component: () => import('@/pages/licences/LicenceListPage.vue'), meta: { title: '电子证照' } },
  { path: '/licences/:id', component: () => import('@/pages/licences/LicencePage.vue'), props: true, meta: { title: '证照详情', signIn: true } },
  { path: '/licences/:id/show', component: () => import('@/pages/licences/ShowPage.vue'), props: true, meta: { title: '亮证', signIn: true } },
  { path: '/verify/:token', component: () => import('@/pages/licences/VerifyPage.vue'), props: true, meta: { title: '证照核验' } },

  { path: '/messages', component: () => import('@/pages/notify/MessagePage.vue'), meta: { title: '消息' } },
  { path: '/me/notices', component: () => import('@/pages/notify/PreferencePage.vue'), meta: { title: '消息设置', tier: 1 } },
  { path: '/me', component: () => import('@/pages/people/MePage.vue'), meta: { word: 'tab.mine' } },
  { path: '/me/acting', component: () => import('@/pages/organisations/ActingPage.vue'), meta: { title: '以谁的身份办事', tier: 1 } },
  { path: '/me/devices', component: () => import('@/pages/grants/DevicesPage.vue'), meta: { title: '登录设备', signIn: true } },
  { path: '/me/passkeys', component: () => import('@/pages/grants/PasskeysPage.vue'), meta: { title: '通行密钥', signIn: true } },
  { path: '/me/password', component: () => import('@/pages/grants/PasswordPage.vue'), meta: { title: '修改密码', signIn: true } },
  { path: '/me/home', component: () => import('@/pages/federation/HomeCityPage.vue'), meta: { title: '常住城市', tier: 1 } },
  { path: '/me/record', component: () => import('@/pages/federation/RecordPage.vue'), meta: { title: '我的用户信息', tier: 1 } },
  { path: '/me/accesses', component: () => import('@/pages/identity/AccessPage.vue'), meta: { title: '谁看过我的信息', signIn: true } },

  { path: '/organisations', component: () => import('@/pages/organisations/OrganisationListPage.vue'), meta: { title: '我的单位', tier: 1 } },
  { path: '/organisations/new', component: () => import('@/pages/organisations/OrganisationNewPage.vue'), meta: { title: '登记单位', tier: 1 } },
  { path: '/organisations/:id', component: () => import('@/pages/organisations/OrganisationPage.vue'), props: true, meta: { title: '单位', tier: 1 } },
  { path: '/organisations/:id/delegate', component: () => import('@/pages/organisations/DelegatePage.vue'), props: true, meta: { title: '新增授权', tier: 1 } },
  { path: '/organisations/:id/raise', component: () => import('@/pages/organisations/RaisePage.vue'), props: true, meta: { title: '单位认证', tier: 1 } },

  { path: '/services', component: () => import('@/pages/portal/ServicesPage.vue'), meta: { word: 'tab.services' } },
  { path: '/apps/:appid/:path(.*)*', component: () => import('@/pages/miniapps/AppHostPage.vue'), props: true, meta: { word: 'services.apps' } },
  { path: '/me/permissions', component: () => import('@/pages/miniapps/PermissionsPage.vue'), meta: { word: 'grants.title', signIn: true } },
  { path: '/me/permissions/uses', component: () => import('@/pages/miniapps/UsesPage.vue'), meta: { word: 'uses.title', signIn: true } },
  { path: '/me/settings', component: () => import('@/pages/people/SettingsPage.vue'), meta: { word: 'settings.title' } },

  // Addresses the back end writes into messages and shortcuts.
  { path: '/apps', redirect: '/services' },
  { path: '/inbox', redirect: '/messages' },
  { path: '/identity', redirect: '/tier' },

  { path: '/:path(.*)*', component: () => import('@/pages/portal/MissingPage.vue'), meta: { title: '页面不存在' } },
]
