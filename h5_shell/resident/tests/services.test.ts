import { flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import * as apps from '@/api/miniapps'
import * as portal from '@/api/portal'
import * as search from '@/api/search'
import { nearest } from '@/pieces/portal/near'
import { askedOf, choicesOf, useServices } from '@/pieces/portal/services'
import { SCENES, THEME_ICONS, themeWord, type Theme } from '@/pieces/portal/themes'
import { en } from '@/words/en'
import { zh } from '@/words/zh'
import { categories } from '../../../miniapps/data/categories.json'

const WANTED = { view: 'theme', pick: '', words: '', region: '340100' } as const
const app = (appid: string) => ({ appid }) as apps.MiniApp
const list = vi.spyOn(apps, 'list')
vi.spyOn(portal, 'home').mockResolvedValue({ items: [{ code: 'i1' }] } as unknown as portal.Home)
vi.spyOn(search, 'find').mockResolvedValue({ total: 2, hits: [{ kind: 'item', code: 'i2', title: '租房', subtitle: '住建局', region_name: '', min_tier: 1 }, { kind: 'mini_app', code: 'x', title: '', subtitle: '', region_name: '', min_tier: 0 }] } as never)

describe('all services', () => {
  it('ask for a theme, a department or a city', () => {
    expect(askedOf({ ...WANTED, pick: 'housing' })).toMatchObject({ region: '340100', category: 'housing', owner: undefined })
    expect(askedOf({ ...WANTED, view: 'department', pick: '合肥市教育局', words: '学' })).toMatchObject({ owner: '合肥市教育局', category: undefined, q: '学' })
    expect(askedOf({ ...WANTED, view: 'city', pick: '341600' })).toMatchObject({ region: '341600', category: undefined })
  })
  it('show the groups the server counts', () => {
    const groups = { categories: [{ key: 'housing', title: '住房保障', count: 2 }], owners: [{ name: '教育局', count: 1 }], regions: [{ code: '340100', name: '合肥市', count: 3 }], total: 3 }
    expect(choicesOf(groups, 'department')).toEqual([{ key: '教育局', title: '教育局', count: 1 }])
    expect(choicesOf(groups, 'city')).toEqual([{ key: '340100', title: '合肥市', count: 3 }])
  })
  it('bring apps and items together, and go on where the list stopped', async () => {
    list.mockResolvedValueOnce({ items: [app('a')], next: 'a', total: 2 }).mockResolvedValueOnce({ items: [app('b')], next: null, total: 2 })
    const it = useServices()
    await it.ask({ ...WANTED, pick: 'housing' }, '住房')
    expect([it.found.value.map(a => a.appid), it.items.value.map(i => i.code), it.total.value]).toEqual([['a'], ['i2'], 2])
    await it.more()
    await it.more()
    expect([it.found.value.map(a => a.appid), list.mock.calls.at(-1)?.[0]]).toEqual([['a', 'b'], expect.objectContaining({ after: 'a', category: 'housing' })])
  })
  it('drop the answer to a question that is no longer asked', async () => {
    let late: (page: apps.MiniAppPage) => void = () => undefined
    list.mockReturnValueOnce(new Promise(resolve => { late = resolve })).mockResolvedValueOnce({ items: [app('new')], next: null, total: 1 })
    const it = useServices()
    void it.ask(WANTED, '')
    await it.ask({ ...WANTED, words: '社保' }, '社保')
    late({ items: [app('old')], next: null, total: 1 })
    await flushPromises()
    expect(it.found.value.map(a => a.appid)).toEqual(['new'])
  })
})

describe('themes', () => {
  it('are named as the platform names its categories', () => {
    expect(Object.fromEntries(Object.keys(THEME_ICONS).map(k => [k, zh[themeWord(k as Theme)]]))).toEqual(categories)
  })
  it('stand behind every scene of life', () => expect(SCENES.every(s => s.theme in THEME_ICONS)).toBe(true))
})

it.each([[117.28, 31.86, '340100'], [115.78, 33.85, '341600'], [118.3, 29.72, '341000'], [121.47, 31.23, null], [0, 0, null]])('near %d, %d is %s', (longitude, latitude, code) => expect(nearest({ longitude, latitude })).toBe(code))

describe('the shell’s English', () => {
  const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(m => m[0]).sort()
  it('says everything the Chinese says, with the same blanks', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect([key, blanks(en[key])]).toEqual([key, blanks(zh[key])])
  })
  it('and the Chinese is in full-width punctuation', () => {
    for (const text of Object.values(zh)) expect(text).not.toMatch(/[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]/)
  })
})
