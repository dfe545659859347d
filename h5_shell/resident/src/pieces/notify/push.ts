import * as api from '@/api/notify'

/** Whether this phone can be woken: off and on are the person's, the rest is the browser's. */
export type Waking = 'cannot' | 'forbidden' | 'off' | 'on'

export const canPush = () => 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis
const worker = () => navigator.serviceWorker.register('/sw.js')
const subscribed = async () => (await navigator.serviceWorker.getRegistration('/'))?.pushManager.getSubscription() ?? null

export async function waking(): Promise<Waking> {
  if (!canPush()) return 'cannot'
  if (Notification.permission === 'denied') return 'forbidden'
  return await subscribed() ? 'on' : 'off'
}

/** Asks the person once, here and now; the server knows the phone before anybody is told that it works. */
export async function wake(): Promise<Waking> {
  const answer = await Notification.requestPermission()
  // Closed without an answer is no refusal: the browser asks again another time.
  if (answer !== 'granted') return answer === 'denied' ? 'forbidden' : 'off'
  const registration = await worker()
  await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: await api.pushKey() })
  const { endpoint, keys } = subscription.toJSON()
  try {
    await api.addDevice({ endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } })
  } catch (error) {
    await subscription.unsubscribe()
    throw error
  }
  return 'on'
}

export async function sleep(): Promise<Waking> {
  const subscription = await subscribed()
  if (subscription) {
    await api.dropDevice(subscription.endpoint)
    await subscription.unsubscribe()
  }
  return 'off'
}
