import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { routes } from '@/router/routes'
import { columnAt, shell } from '@/shell/config'
import { lang, speak, spoken, t } from '@/words'

const router = createRouter({ history: createMemoryHistory(), routes })
const missing = router.resolve('/nowhere').matched.at(-1)?.path

describe('addresses', () => {
  it('exist for every column of the tab bar', () => {
    for (const c of shell.columns) expect([c.title, router.resolve(c.to).matched.at(-1)?.path === missing]).toEqual([c.title, false])
  })
  it('carry a page inside an app, with its query and hash', () => {
    const at = router.resolve('/apps/ah340100ride/lines/1.html?stop=7#map')
    expect([at.params, at.query, at.hash]).toEqual([{ appid: 'ah340100ride', path: ['lines', '1.html'] }, { stop: '7' }, '#map'])
    expect(router.resolve('/apps/ah340100ride').params).toMatchObject({ appid: 'ah340100ride' })
  })
  it('of the old list of apps lead to all services', async () => {
    await router.push('/apps')
    expect(router.currentRoute.value.path).toBe('/services')
  })
  it('of permissions are for who is signed in', () => {
    expect(['/me/permissions', '/me/permissions/uses', '/services', '/me/settings'].map(p => Boolean(router.resolve(p).meta.signIn))).toEqual([true, true, false, false])
  })
  it('stand in the tab bar only where a column leads', () => {
    expect([columnAt('/')?.key, columnAt('/services')?.key, columnAt('/cases'), columnAt('/apps/ah340100ride')]).toEqual(['home', 'services', undefined, undefined])
  })
})

describe('the shell’s language', () => {
  afterEach(() => speak('zh-CN'))
  it('is Chinese, and English when asked for, also next time', async () => {
    expect([lang.value, spoken(), t('tab.home'), document.documentElement.lang]).toEqual(['zh-CN', 'zh-CN', '首页', ''])
    await speak('en')
    expect([t('tab.home'), t('place', { name: '合肥市' }), document.documentElement.lang, spoken()]).toEqual(['Home', 'Region: 合肥市. Tap to change', 'en', 'en'])
  })
  it('names whose shell it is', () => expect(t('message.noPassword')).toContain(shell.name))
})
