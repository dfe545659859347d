import '@wanshi/parts/tokens.css'
import '@wanshi/parts/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createAppRouter } from './router'
import { useSession } from './stores/session'
import { useUi } from './stores/ui'

const app = createApp(App)
app.use(createPinia())
useUi().start()

// Guards ask who is here, so the session is settled before the first route.
const session = useSession()
void session.start().then(() => {
  app.use(createAppRouter())
  app.mount('#app')
})
