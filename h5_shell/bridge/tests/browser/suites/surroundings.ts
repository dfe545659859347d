import { describe, expect, it } from 'vitest'
import type { Harness } from '../harness'

const PUSER = 'https://puser.zjzwfw.gov.cn/sso/mobile.do?action=oauth&scope=1&servicecode=abc'

function signIn(at: Harness): void {
  /** Leads the app to an address by some way and gives where it stands afterwards. */
  async function led(act: string, address: string, more = {}): Promise<string> {
    const frame = await at.open({ dialects: ['zwjs'], ...more })
    const left = frame.url()
    await frame.evaluate(([way, to]) => {
      const link = Object.assign(document.createElement('a'), { href: to })
      const form = document.createElement('form')
      const url = new URL(to as string)
      Object.assign(form, { action: url.origin + url.pathname, method: 'post' })
      url.searchParams.forEach((value, name) => { form.append(Object.assign(document.createElement('input'), { name, value })) })
      document.body.append(link, form)
      if (way === 'replace') location.replace(to as string)
      if (way === 'href') location.href = to as string
      if (way === 'link') link.click()
      if (way === 'form') form.submit()
      if (way === 'open') window.open(to as string)
    }, [act, address])
    await expect.poll(() => at.page.frame('app')!.url(), { timeout: 4000 }).not.toBe(left)
    return (await at.frame()).url()
  }

  describe('a vendor\'s sign-in page is never reached:', () => {
    it.each(['replace', 'href', 'link', 'form', 'open'])('by %s, the app comes back with a ticket', async act => {
      const url = new URL(await led(act, PUSER))
      expect(url.origin).toMatch(/^http:\/\/app\d+\.miniapp\.localhost/)
      expect(url.searchParams.get('ticket')).toBe('T-1')
      expect((await at.heard()).calls.map(c => c.method)).toEqual(['ah.auth.getTicket'])
    })
    it('it comes back to the page it named, before the hash', async () => {
      const url = new URL(await led('replace', `${PUSER}&redirectUrl=${encodeURIComponent('/back.html?x=1#/list')}`))
      expect([url.pathname, url.search, url.hash]).toEqual(['/back.html', '?x=1&ticket=T-1', '#/list'])
    })
    it('a foreign address is never given the ticket: the app returns to where it was', async () => {
      const url = new URL(await led('replace', `${PUSER}&redirectUrl=${encodeURIComponent('https://evil.example/take')}`))
      expect([url.hostname.endsWith('.miniapp.localhost'), url.pathname]).toEqual([true, '/index.html'])
    })
    it('an old build\'s baked-in folder is our own', async () => {
      const old = 'https://mapi.zjzwfw.gov.cn/web/mgop/gov-open/zj/2001/reserved/index.html'
      const url = new URL(await led('replace', `${PUSER}&goto=${encodeURIComponent(old)}`, { baseAlias: ['/web/mgop/gov-open/zj/2001/reserved/'] }))
      expect([url.hostname.endsWith('.miniapp.localhost'), url.pathname]).toEqual([true, '/web/mgop/gov-open/zj/2001/reserved/index.html'])
    })
    it('皖事通\'s too, by its service', async () => {
      const url = new URL(await led('href', `https://sso.ahzwfw.gov.cn/uccp-server/login?appCode=a&service=${encodeURIComponent('/home.html')}`, { dialects: ['croods'] }))
      expect([url.pathname, url.search]).toEqual(['/home.html', '?ticket=T-1'])
    })
    it('and a person who refuses stays where they are', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      await at.script({ consent: { 'ah.auth.getTicket': 'person.refused' } })
      await frame.evaluate(to => location.replace(to), PUSER)
      await expect.poll(async () => (await at.heard()).calls.map(c => c.method)).toEqual(['ah.ui.toast'])
      expect(at.page.frame('app')!.url()).toMatch(/miniapp\.localhost:\d+\/index\.html$/)
    })
  })
}

function page(at: Harness): void {
  describe('the page', () => {
    it('keeps its own scripts, also where they are called like a vendor\'s', async () => {
      const frame = await at.open({ dialects: ['croods'] })
      const src = await frame.evaluate(() => new Promise(resolve => {
        const script = document.createElement('script')
        script.onload = () => resolve(script.src)
        script.setAttribute('src', '/croods-own.js')
        document.head.append(script)
        const other = document.createElement('script')
        other.onload = () => resolve(script.src)
        other.src = '/croods.js'
        document.head.append(other)
      }))
      expect(String(src)).toMatch(/\/croods-own\.js$/)
    })
    it('requests of a mapped host arrive at its own origin, others are stopped by its policy', async () => {
      const frame = await at.open({ dialects: ['mgop'], hostMap: { 'api.city.example': '/upload' } })
      const status = (url: string) => frame.evaluate(to => fetch(to).then(r => r.status, () => 'stopped'), url)
      at.requests.length = 0
      expect(await status('https://api.city.example/x?y=1')).toBe(200)
      expect(at.requests).toContain('GET /upload/x')
      expect(await status('https://undeclared.example/x')).toBe('stopped')
      const asked = await frame.evaluate(() => new Promise(resolve => {
        const request = new XMLHttpRequest()
        request.open('POST', '//api.city.example/z')
        request.onloadend = () => resolve(request.status)
        request.send()
      }))
      expect(asked).toBe(200)
      expect(at.requests).toContain('POST /upload/z')
    })
    it('is named as the manifest says, and as nothing where it declares no container', async () => {
      const plain = await at.open()
      const ua = await plain.evaluate(() => navigator.userAgent)
      const named = await at.open({ dialects: ['weixin'], ua: ['MicroMessenger/8.0', 'miniProgram'] })
      expect(await named.evaluate(() => navigator.userAgent)).toBe(`${ua} MicroMessenger/8.0 miniProgram`)
      expect(ua).not.toMatch(/MicroMessenger|iflytek|wanshi/)
    })
  })
}

export function surroundings(at: Harness): void {
  signIn(at)
  page(at)
}
