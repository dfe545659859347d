/* Wanshi's background part: shows that something is new, and opens the inbox. What is new stands there. */
'use strict'
const WORDS = { title: '您有一条新消息', body: '点开查看', link: '/messages' }

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))

self.addEventListener('push', event => {
  let told = {}
  try { told = event.data ? event.data.json() : {} } catch { /* Not ours, or not readable: the neutral words do. */ }
  const link = typeof told.link === 'string' && /^\/(?![/\\])/.test(told.link) ? told.link : WORDS.link
  event.waitUntil(self.registration.showNotification(told.title || WORDS.title, { body: told.body || WORDS.body, icon: '/icon.svg', tag: told.tag || 'wanshi', data: { link }, lang: 'zh-CN' }))
})

self.addEventListener('notificationclick', event => {
  event.notification.close()
  const { link } = event.notification.data ?? WORDS
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: 'window' })
    const page = pages.find(p => 'focus' in p)
    if (page) {
      await page.focus()
      return page.navigate(link)
    }
    return self.clients.openWindow(link)
  })())
})
