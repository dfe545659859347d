import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const told = vi.hoisted(() => ({ addDevice: vi.fn(), dropDevice: vi.fn(), pushKey: vi.fn(async () => 'KEY') }))
vi.mock('@/api/notify', () => told)
const { sleep, wake, waking } = await import('@/pieces/notify/push')

function phone(permission: string, answer = permission) {
  const subscription = { endpoint: 'https://push.example/1', unsubscribe: vi.fn(async () => true), toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: 'P', auth: 'A' } }) }
  const manager = { held: null as typeof subscription | null, getSubscription: async () => manager.held, subscribe: vi.fn(async () => (manager.held = subscription)) }
  const registration = { pushManager: manager }
  vi.stubGlobal('PushManager', class {})
  vi.stubGlobal('Notification', { permission, requestPermission: vi.fn(async () => answer) })
  vi.stubGlobal('navigator', { serviceWorker: { register: vi.fn(async () => registration), ready: Promise.resolve(registration), getRegistration: async () => registration } })
  return { subscription, manager }
}

beforeEach(() => { told.addDevice.mockReset(); told.dropDevice.mockReset() })
afterEach(() => vi.unstubAllGlobals())

describe('waking this phone', () => {
  it('is not offered where the browser cannot, or the person forbade it', async () => {
    vi.stubGlobal('navigator', {})
    expect(await waking()).toBe('cannot')
    phone('denied')
    expect(await waking()).toBe('forbidden')
  })
  it('asks for leave only when the person wants it, and registers nothing without', async () => {
    const { manager } = phone('default', 'denied')
    expect(await waking()).toBe('off')
    expect(await wake()).toBe('forbidden')
    expect(manager.subscribe).not.toHaveBeenCalled()
    expect(told.addDevice).not.toHaveBeenCalled()
  })
  it('is not forbidden when the question was only closed', async () => {
    phone('default', 'default')
    expect(await wake()).toBe('off')
    expect(told.addDevice).not.toHaveBeenCalled()
  })
  it('works when the server knows the phone, and is undone when it does not', async () => {
    const { manager, subscription } = phone('granted')
    expect(await wake()).toBe('on')
    expect(told.addDevice).toHaveBeenCalledWith({ endpoint: 'https://push.example/1', keys: { p256dh: 'P', auth: 'A' } })
    manager.held = null
    told.addDevice.mockRejectedValueOnce(new Error('offline'))
    await expect(wake()).rejects.toThrow('offline')
    expect(subscription.unsubscribe).toHaveBeenCalled()
  })
  it('is over for both sides when it is switched off', async () => {
    const { manager, subscription } = phone('granted')
    manager.held = subscription
    expect(await sleep()).toBe('off')
    expect(told.dropDevice).toHaveBeenCalledWith('https://push.example/1')
    expect(subscription.unsubscribe).toHaveBeenCalled()
  })
})
