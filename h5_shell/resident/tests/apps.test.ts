import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as api from '@/api/miniapps'
import { useApps } from '@/stores/apps'

const card = (appid: string) => ({ appid, name: appid, short_name: '', icon_url: '' }) as api.MiniApp
const mine = vi.spyOn(api, 'mine')
const favour = vi.spyOn(api, 'favour').mockResolvedValue(undefined)
const unfavour = vi.spyOn(api, 'unfavour').mockResolvedValue(undefined)
beforeEach(() => { localStorage.clear(); vi.clearAllMocks(); setActivePinia(createPinia()) })

describe('apps at hand', () => {
  it('are remembered on this device while nobody is signed in', async () => {
    const apps = useApps()
    await apps.load(false)
    for (let i = 0; i < 10; i += 1) apps.opened(card(`a${i}`))
    apps.opened(card('a5'))
    await apps.toggle(card('a1'))
    setActivePinia(createPinia())
    expect([useApps().recent.map(a => a.appid), useApps().favourites.map(a => a.appid)]).toEqual([['a5', 'a9', 'a8', 'a7', 'a6', 'a4', 'a3', 'a2'], ['a1']])
    expect([mine.mock.calls.length, favour.mock.calls.length]).toEqual([0, 0])
  })
  it('are the account’s once somebody is, and leave no trace on the device', async () => {
    mine.mockResolvedValue({ recent: [card('r')], favourites: [card('f')] })
    const apps = useApps()
    await apps.load(true)
    apps.opened(card('x'))
    expect(await apps.toggle(card('f'))).toBe(false)
    expect(await apps.toggle(card('g'))).toBe(true)
    expect([apps.recent.map(a => a.appid), apps.favourites.map(a => a.appid), unfavour.mock.calls, favour.mock.calls]).toEqual([['x', 'r'], ['g'], [['f']], [['g']]])
    await apps.load(false)
    expect(apps.recent).toEqual([])
  })
  it('are not shown of the account when the answer comes after signing out', async () => {
    let answer: (m: api.Mine) => void = () => undefined
    mine.mockReturnValue(new Promise(resolve => { answer = resolve }))
    const apps = useApps()
    const loading = apps.load(true)
    await apps.load(false)
    answer({ recent: [card('secret')], favourites: [] })
    await loading
    expect(apps.recent).toEqual([])
  })
  it('survive a memory that is not ours', () => {
    localStorage.setItem('wanshi.apps-recent', '{"a":1}')
    localStorage.setItem('wanshi.apps-kept', 'nonsense')
    setActivePinia(createPinia())
    expect([useApps().recent, useApps().favourites]).toEqual([[], []])
  })
})
