import { createApp } from 'vue'
import { createRouter, createWebHashHistory } from 'vue-router'
import App from './App.vue'
import './style.css'
import { dressed, titled } from './zhejiang'

const routes = [
  { path: '/', component: () => import('./pages/HomePage.vue'), meta: { title: '马鞍山教育' } },
  { path: '/lookup', component: () => import('./pages/LookupPage.vue'), meta: { title: '查学区' } },
  { path: '/register', component: () => import('./pages/RegisterPage.vue'), meta: { title: '入学报名' } },
  { path: '/progress', component: () => import('./pages/ProgressPage.vue'), meta: { title: '报名进度' } },
  { path: '/:rest(.*)', redirect: '/' },
]
const router = createRouter({ history: createWebHashHistory(), routes, scrollBehavior: () => ({ top: 0 }) })
router.afterEach(to => {
  titled(String(to.meta.title), to.path)
  setTimeout(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }), 100)
})

dressed()
createApp(App).use(router).mount('#app')
