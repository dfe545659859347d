import { defineStore } from 'pinia'
import { platform, type Platform } from '@/api/portal'
import { recall, remember } from './memory'

export const useUi = defineStore('ui', {
  state: () => ({
    elder: recall('ui') === 'elder',
    online: navigator.onLine,
    platform: null as Platform | null,
  }),
  actions: {
    start() {
      this.paint()
      addEventListener('online', () => { this.online = true })
      addEventListener('offline', () => { this.online = false })
      platform().then(p => { this.platform = p }).catch(() => undefined)
    },
    setElder(on: boolean) {
      this.elder = on
      remember('ui', on ? 'elder' : 'normal')
      this.paint()
    },
    paint() {
      document.documentElement.dataset.ui = this.elder ? 'elder' : 'normal'
    },
  },
})
