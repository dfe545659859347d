import type { Frame } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../harness'

type Said = Record<string, unknown>
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'

/** As the old container's script asks on Android: a prompt, answered to a function of the page. */
const prompt = (frame: Frame, service: string, action: string, params: Said = {}): Promise<Said> => frame.evaluate(([s, a, p]) => new Promise(resolve => {
  const callback = `${s as string}${Math.floor(Math.random() * 1e9)}`
  Object.assign(window, { [callback]: resolve })
  window.prompt(`iflytek:${JSON.stringify({ service: s, action: a, callback, params: p })}`)
}), [service, action, params])

export function anhui(at: Harness): void {
  describe('the old 皖事通 container', () => {
    it('refuses what was not agreed to with the number for cancel', async () => {
      const frame = await at.open({ dialects: ['croods'] })
      await at.script({ consent: { 'ah.auth.getTicket': 'person.refused' } })
      expect(await prompt(frame, 'UserPlugin', 'login')).toEqual({ code: 10007, message: '没有同意' })
    })
    it('is known by its token and answers a prompt by the page\'s own function', async () => {
      const frame = await at.open({ dialects: ['croods'] })
      expect(await frame.evaluate(() => navigator.userAgent)).toMatch(/ iflytek_mmp$/)
      const { code, message } = await prompt(frame, 'UserPlugin', 'login')
      expect(code).toBe(10000)
      expect(JSON.parse(String(message))).toEqual({ token: 'T-1' })
      const place = JSON.parse(String((await prompt(frame, 'BaiduMapPlugin', 'getLocation')).message))
      expect(place).toMatchObject({ city: '合肥市', locationDescribe: '政务区' })
      // Baidu's grid lies further off than the national one.
      expect(place.longitude).toBeGreaterThan(117.2272 + 0.01)
    })
    it('leaves other prompts, broken ones and unknown plug-ins alone or refuses them', async () => {
      const frame = await at.open({ dialects: ['croods'] })
      expect(await frame.evaluate(() => [window.prompt('您的名字'), window.prompt('iflytek:{broken')])).toEqual([null, ''])
      expect(await prompt(frame, 'ContactsPlugin', 'get')).toMatchObject({ code: 10001 })
      expect(await prompt(frame, 'Object', 'constructor')).toMatchObject({ code: 10001 })
    })
    it('on iOS is asked by a frame\'s address and fetches the queue', async () => {
      const frame = await at.open({ dialects: ['croods'], userAgent: IPHONE })
      const heard = await frame.evaluate(() => new Promise(resolve => {
        const queue = [{ service: 'UserPlugin', action: 'login', callback: 'done1', params: {} }]
        Object.assign(window, { done1: resolve, croods: { nativeFetchQueue: () => JSON.stringify(queue.splice(0)) } })
        const asking = document.createElement('iframe')
        document.body.append(asking)
        asking.src = 'iflytek://ready'
      }))
      expect(heard).toEqual({ code: 10000, message: '{"token":"T-1"}' })
    })
    it('gives pictures as data the page can show', async () => {
      const frame = await at.open({ dialects: ['croods'] })
      const taken = JSON.parse(String((await prompt(frame, 'ImagePlugin', 'takePhoto')).message))
      expect(taken.base64).toMatch(/^iVBOR/)
      expect((await at.heard()).calls[0]).toMatchObject({ method: 'ah.media.chooseImage', params: { sources: ['camera'] }, dialect: 'croods' })
      const sent = await prompt(frame, 'UploadPlugin', 'upload', { url: '/upload', filePath: taken.path })
      expect(JSON.parse(String(sent.message))).toEqual({ httpCode: 200, result: 'https://files.example/1' })
    })
  })

  describe('the new 皖事通 container', () => {
    const call = (frame: Frame, action: string, params: Said = {}): Promise<Said> => frame.evaluate(([a, p]) => new Promise(resolve => {
      (window as unknown as { AlipayJSBridge: { call(n: string, p: unknown, done: (r: Said) => void): void } }).AlipayJSBridge.call(a as string, p, resolve)
    }), [action, params])
    it('answers the result itself, or a number above 0', async () => {
      const frame = await at.open({ dialects: ['croods'], ua: ['wzt_mpaas'] })
      expect(await frame.evaluate(() => navigator.userAgent)).toMatch(/ wzt_mpaas$/)
      expect(await call(frame, 'UserPlugin.login')).toEqual({ token: 'T-1' })
      expect(await call(frame, 'ServicePermissionPlugin.getLocation', { coorType: 'gcj02' })).toMatchObject({ flag: true, data: { City: '合肥市' } })
      const refused = await call(frame, 'SpeechPlugin.start')
      expect(refused.error as number).toBeGreaterThan(0)
    })
    it('tells the page when it is there', async () => {
      const frame = await at.open({ dialects: ['croods'], head: '<script src="/waits.js"></script>' })
      expect(await frame.evaluate(() => (window as unknown as { bridgeSeen: string[] }).bridgeSeen)).toContain('AlipayJSBridgeReady')
    })
  })

  describe('the croods of our own, where the vendor\'s script is absent,', () => {
    const plugin = (frame: Frame, action: string): Promise<unknown> => frame.evaluate(name => new Promise(resolve => {
      const { croods } = window as unknown as { croods: { load(f: () => void): void; customPlugin(p: Said): void } }
      croods.load(() => croods.customPlugin({
        action: name, params: {}, success: (r: unknown) => resolve({ success: r }), fail: (r: unknown) => resolve({ fail: r }), cancel: (r: Said) => resolve({ cancel: r.code }),
      }))
    }), action)
    it('runs a plug-in and calls back', async () => {
      const frame = await at.open({ dialects: ['croods'] })
      expect(await plugin(frame, 'UserPlugin.login')).toEqual({ success: { token: 'T-1' } })
      expect(await plugin(frame, 'BasePlugin.getNetworkType')).toEqual({ success: { network: 'wifi' } })
      expect(await plugin(frame, 'RoutePlugin.request')).toEqual({ fail: '10001: 当前环境不支持这个方法' })
      await at.script({ consent: { 'ah.auth.getTicket': 'person.refused' } })
      expect(await plugin(frame, 'UserPlugin.login')).toEqual({ cancel: 10007 })
    })
  })
}
