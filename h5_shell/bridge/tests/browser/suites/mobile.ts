import type { Frame } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../harness'

type Said = Record<string, unknown>
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148'
type Bridge = { AlipayJSBridge: { call(name: string, params?: unknown, done?: (r: Said) => void): void } }
const alipay = (frame: Frame, name: string, params: Said = {}): Promise<Said> => frame.evaluate(([n, p]) => new Promise(resolve => {
  (window as unknown as Bridge).AlipayJSBridge.call(n as string, p, resolve)
}), [name, params])

function mpaas(at: Harness): void {
  describe('AlipayJSBridge', () => {
    it('refuses with the vendor\'s numbers', async () => {
      const frame = await at.open({ dialects: ['alipay'] })
      expect(await alipay(frame, 'nothingSuch')).toMatchObject({ error: 1 })
      await at.script({ approved: [] })
      expect(await alipay(frame, 'scan')).toMatchObject({ error: 4, errorMessage: '这项权限没有通过审核' })
    })
    it('gives scan, place, network and pictures in the vendor\'s shape', async () => {
      const frame = await at.open({ dialects: ['alipay'] })
      expect(await alipay(frame, 'scan', { type: 'qr' })).toEqual({ codeContent: 'https://a.example/?c=1', codeType: 'qrCode', qrCode: 'https://a.example/?c=1' })
      expect(await alipay(frame, 'getAuthCode')).toMatchObject({ authCode: 'T-1' })
      expect(await alipay(frame, 'getCurrentLocation')).toMatchObject({ city: '合肥市', cityAdcode: '340100' })
      expect(await alipay(frame, 'getNetworkType')).toMatchObject({ networkType: 'WIFI', networkAvailable: true })
      expect(await alipay(frame, 'confirm', { message: '？' })).toMatchObject({ ok: true })
      expect(await alipay(frame, 'photo', { dataType: 'dataURL' })).toMatchObject({ dataURL: expect.stringMatching(/^iVBOR/) as string })
      const { apFilePaths } = await alipay(frame, 'chooseImage') as { apFilePaths: string[] }
      expect(await alipay(frame, 'uploadFile', { url: '/upload', filePath: apFilePaths[0], name: 'f' })).toEqual({ statusCode: 200, data: 'https://files.example/1' })
      const uploads = (await at.heard()).calls.filter(c => c.method === 'ah.file.upload')
      expect(uploads).toMatchObject([{ params: { chosen: [{ name: 'a.png' }] } }])
      // Not a file the person picked: an address the page made up.
      expect(await alipay(frame, 'uploadFile', { url: '/upload', filePath: '/etc/passwd' })).toMatchObject({ error: 2 })
    })
    it('opens its own pages in place and leaves others to the shell', async () => {
      const frame = await at.open({ dialects: ['alipay'] })
      expect(await alipay(frame, 'pushWindow', { url: 'https://other.example/a' })).toEqual({})
      expect((await at.heard()).calls).toMatchObject([{ method: 'ah.link.open', params: { url: 'https://other.example/a' } }])
      await frame.evaluate(() => (window as unknown as Bridge).AlipayJSBridge.call('pushWindow', { url: '/second.html?x=1' }))
      await expect.poll(() => new URL(at.page.frame('app')!.url()).pathname).toBe('/second.html')
      expect((await at.heard()).calls).toHaveLength(1)
      // The new page says hello anew and is answered.
      expect(await alipay(await at.frame(), 'getAuthCode')).toMatchObject({ authCode: 'T-1' })
    })
    it('is wrapped as ap where a page loads that script by its address', async () => {
      const frame = await at.open({ dialects: ['alipay'], head: '<script src="/__wanshi/vendor/alipay.js"></script>' })
      type Own = { ap: { scan(p: Said): Promise<Said>; nothingSuch(p: Said): void } }
      const [promised, failed] = await frame.evaluate(async () => {
        const { ap } = window as unknown as Own
        return [await ap.scan({ type: 'qr' }), await new Promise<Said>(fail => ap.nothingSuch({ fail }))]
      })
      expect(promised).toMatchObject({ codeContent: 'https://a.example/?c=1' })
      expect(failed).toMatchObject({ error: 1 })
    })
    it.each([
      ['paid', '9000'], ['processing', '8000'], ['failed', '4000'], ['cancelled', '6001'],
    ])('says of a bill that is %s %s', async (status, resultCode) => {
      const frame = await at.open({ dialects: ['alipay'] })
      await at.script({ answers: { 'ah.pay.request': { bill: '340', status } } })
      expect(await alipay(frame, 'tradePay', { orderStr: 'app_id=1&out_trade_no=340&sign=x' })).toEqual({ resultCode })
      expect((await at.heard()).calls[0]).toMatchObject({ params: { bill: '340' } })
    })
    it('asks the person for a tap where nobody has just tapped, and not where somebody has', async () => {
      const frame = await at.open({ dialects: ['alipay'] })
      await at.script({ gesture: 'gesture.needed' })
      // The driver's own evaluations count as taps, which hold for five seconds.
      await frame.evaluate(() => { setTimeout(() => (window as unknown as Bridge).AlipayJSBridge.call('makePhoneCall', { number: '12345' }, r => Object.assign(window, { rung: r })), 5300) })
      await new Promise(resolve => { setTimeout(resolve, 5600) })
      expect(await frame.evaluate(() => (window as unknown as { rung: Said }).rung)).toMatchObject({ error: 4 })
      expect((await at.heard()).calls).toEqual([])
      await at.script({ gesture: '' })
      await frame.evaluate(() => {
        document.querySelector('#b')!.addEventListener('click', () => (window as unknown as Bridge).AlipayJSBridge.call('makePhoneCall', { number: '12345' }))
      })
      const before = (await at.heard()).asked.filter(a => a.startsWith('gesture')).length
      await frame.click('#b')
      await expect.poll(async () => (await at.heard()).calls.length).toBe(1)
      expect((await at.heard()).asked.filter(a => a.startsWith('gesture'))).toHaveLength(before)
    }, 15000)
  })
}

function dingtalk(at: Harness): void {
  const dd = (frame: Frame, path: string, params: Said = {}): Promise<unknown> => frame.evaluate(([p, said]) => new Promise(resolve => {
    const { sdk } = window as unknown as { sdk: { ready(f: () => void): void } & Said }
    sdk.ready(() => {
      // The package names no 政务钉钉 calls; its bridge for them runs whatever it is given.
      if (/TaurusApp/.test(navigator.userAgent)) {
        return (sdk._invoke as (m: string, q: Said) => Promise<unknown>)(p as string, said as Said).then(r => resolve({ ok: r }), (r: Said) => resolve({ fail: r.errorCode }))
      }
      const call = (p as string).split('.').reduce((at, name) => (at as Said)[name], sdk as unknown) as (q: Said) => void
      call({ ...(said as Said), onSuccess: (r: unknown) => resolve({ ok: r }), onFail: (r: Said) => resolve({ fail: r.errorCode }) })
    })
  }), [path, params])
  const head = '<script src="/dingtalk.js"></script>'

  describe('dingtalk-jsapi 3.2.9, unmodified,', () => {
    it.each([
      ['on Android by nuva', {}],
      ['on iOS by its web view bridge', { userAgent: IPHONE }],
      ['as 政务钉钉 by the mPaaS branch', { ua: ['TaurusApp/2.0'] }],
    ])('runs %s', async (_what, more) => {
      const frame = await at.open({ dialects: ['dingtalk'], head, ...more })
      expect(await dd(frame, 'device.notification.confirm', { message: '？', buttonLabels: ['好', '不'] })).toEqual({ ok: { buttonIndex: 0 } })
      expect(await dd(frame, 'device.geolocation.get', { targetAccuracy: 200 })).toMatchObject({ ok: { address: '政务区' } })
      expect(await dd(frame, 'biz.util.scan', { type: 'qrCode' })).toMatchObject({ ok: { text: 'https://a.example/?c=1' } })
      await at.script({ approved: [] })
      expect(await dd(frame, 'biz.util.scan', { type: 'qrCode' })).toEqual({ fail: '7' })
      expect((await at.heard()).calls.every(c => c.dialect === 'dingtalk')).toBe(true)
    })
  })

  describe('the dd of our own, where a page loads the vendor\'s script by its address,', () => {
    it('takes any path as a call, with callbacks and as a promise', async () => {
      const frame = await at.open({ dialects: ['dingtalk'], head: '<script src="/__wanshi/vendor/dingtalk.js"></script>' })
      type Own = { dd: { biz: { util: { scan(p: Said): Promise<unknown>; nothingSuch(p: Said): Promise<unknown> } } } }
      const both = await frame.evaluate(async () => {
        let called: unknown
        const { util } = (window as unknown as Own).dd.biz
        const promised = await util.scan({ onSuccess: (r: unknown) => { called = r } })
        const refused = await util.nothingSuch({}).catch((e: Said) => e.errorCode)
        return { called, promised, refused }
      })
      expect(both).toEqual({ called: { text: 'https://a.example/?c=1' }, promised: { text: 'https://a.example/?c=1' }, refused: '1' })
    })
  })
}

export function mobile(at: Harness): void {
  mpaas(at)
  dingtalk(at)
}
