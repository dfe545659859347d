import '@wanshi/parts/tokens.css'
import '@wanshi/parts/base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { createAppRouter } from './router'
import { useSession } from './stores/session'
import { useUi } from './stores/ui'
import { speak, spoken } from './words'

const app = createApp(App)
app.use(createPinia())
useUi().start()

// Guards ask who is here, so the session is settled before the first route.
const session = useSession()
// A dictionary that could not be fetched leaves the shell in Chinese.
void Promise.all([session.start(), spoken() === 'en' ? speak('en').catch(() => undefined) : undefined]).then(() => {
  app.use(createAppRouter())
  app.mount('#app')
})
