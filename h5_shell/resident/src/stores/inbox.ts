import { defineStore } from 'pinia'
import { messages } from '@/api/notify'

const EVERY_MS = 60_000

/** Unread count. Polled while the page is visible, until the live stream exists. */
export const useInbox = defineStore('inbox', {
  state: () => ({ unread: 0, timer: 0 }),
  actions: {
    async look() {
      const page = await messages().catch(() => null)
      if (page) this.unread = page.unread
    },
    watch(on: boolean) {
      clearInterval(this.timer)
      if (!on) { this.unread = 0; return }
      void this.look()
      this.timer = window.setInterval(() => { if (!document.hidden) void this.look() }, EVERY_MS)
    },
  },
})
