import '@wanshi/parts/tokens.css'
import '@wanshi/parts/base.css'
import './style/console.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createAppRouter } from './router/index.ts'
import { useSession } from './stores/session.ts'

const app = createApp(App)
app.use(createPinia())

// Guards ask who is here, so the session is settled before the first route.
void useSession().start().then(() => {
  app.use(createAppRouter())
  app.mount('#app')
})
