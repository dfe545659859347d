import { listen } from '@wanshi/client'
import { defineStore } from 'pinia'
import { messages } from '@/api/notify'

const EVERY_MS = 60_000
const AGAIN_MS = 5_000

let stop: AbortController | null = null

/** Listen as long as somebody is signed in; the stream ends by itself now and then. */
async function hear(heard: () => void, signal: AbortSignal) {
  while (!signal.aborted) {
    await listen('/me/live', event => { if (event === 'message') heard() }, signal).catch(() => {})
    if (!signal.aborted) await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
  }
}

/** Unread count: told live, and polled while the page is visible in case a nudge was lost. */
export const useInbox = defineStore('inbox', {
  state: () => ({ unread: 0, timer: 0 }),
  actions: {
    async look() {
      const page = await messages().catch(() => null)
      if (page) this.unread = page.unread
    },
    watch(on: boolean) {
      clearInterval(this.timer)
      stop?.abort()
      stop = null
      if (!on) { this.unread = 0; return }
      void this.look()
      this.timer = window.setInterval(() => { if (!document.hidden) void this.look() }, EVERY_MS)
      stop = new AbortController()
      void hear(() => void this.look(), stop.signal)
    },
  },
})
