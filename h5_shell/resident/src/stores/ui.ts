import { defineStore } from 'pinia'
import { platform, type Platform } from '@/api/portal'
import { recall, remember } from './memory'

export type TextSize = 'normal' | 'large' | 'huge'
const SIZES: TextSize[] = ['normal', 'large', 'huge']

export const useUi = defineStore('ui', {
  state: () => ({
    elder: recall('ui') === 'elder',
    size: SIZES.find(s => s === recall('size')) ?? 'normal' as TextSize,
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
    setSize(size: TextSize) {
      this.size = size
      remember('size', size)
      this.paint()
    },
    paint() {
      // The elder version brings its own sizes.
      document.documentElement.dataset.size = this.elder ? 'normal' : this.size
      document.documentElement.dataset.ui = this.elder ? 'elder' : 'normal'
    },
  },
})
