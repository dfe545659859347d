import type { Frame } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Harness } from '../harness'

interface Vendor {
  ZWJSBridge: Record<string, (params?: unknown) => Promise<Record<string, unknown>>> & { onReady(f: () => void): void }
  JupiterJSBridge: { call(api: string, params: unknown, done: (r: unknown) => void): void }
  mgop: (said: Record<string, unknown>) => void
}
/** One call of `ZWJSBridge`, or what it was refused with. */
const zw = (frame: Frame, name: string, params: unknown = {}): Promise<Record<string, unknown>> => frame.evaluate(([method, said]) =>
  (window as unknown as Vendor).ZWJSBridge[method as string]!(said).catch(error => ({ refused: error as unknown })), [name, params])

const mgop = (frame: Frame, api: string, more: Record<string, unknown> = {}) => frame.evaluate(([name, extra]) => new Promise(resolve => {
  (window as unknown as Vendor).mgop({
    api: name, data: { n: 1 }, appKey: 'ak1', onSuccess: (r: unknown) => resolve({ ok: r }), onFail: (r: unknown) => resolve({ failed: r }), ...(extra as object),
  })
}), [api, more])

function bridge(at: Harness): void {
  describe('ZWJSBridge', () => {
    it('is refused what the app did not declare', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      await at.script({ declared: [] })
      expect(await zw(frame, 'scan')).toEqual({ refused: { errorCode: 1001, errorMessage: '应用没有声明这项权限' } })
    })
    it('gives each call in the vendor\'s own shape', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      await frame.evaluate(() => new Promise<void>(resolve => { (window as unknown as Vendor).ZWJSBridge.onReady(resolve) }))
      expect(await zw(frame, 'ssoTicket')).toEqual({ result: true, ticketId: 'T-1' })
      expect(await zw(frame, 'getUserType')).toEqual({ userType: '1' })
      expect(await zw(frame, 'getUiStyle')).toEqual({ uiStyle: 'elder' })
      expect(await zw(frame, 'scan', { type: 'qrCode' })).toEqual({ text: 'https://a.example/?c=1' })
      expect(await zw(frame, 'confirm', { message: '？', buttonLabels: ['好', '不'] })).toEqual({ buttonIndex: 0 })
      const place = await zw(frame, 'getLocation')
      expect(place).toMatchObject({ cityName: '合肥市', townCode: '340100', detailAddress: '政务区' })
      // The vendor's maps are drawn on the shifted grid.
      expect(Number(place.longitude)).toBeGreaterThan(117.2272 + 0.004)
      const image = await zw(frame, 'chooseImage', {})
      expect((image.picSrc as string[])[0]).toMatch(/^iVBOR/)
      const uuid = await zw(frame, 'getUUID')
      expect(await zw(frame, 'getUUID')).toEqual(uuid)
      expect((await at.heard()).calls.every(call => call.dialect === 'zwjs')).toBe(true)
    })
    it('calls the functions among the params and sends none of them', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      const heard = await frame.evaluate(() => new Promise(resolve => {
        (window as unknown as Vendor).ZWJSBridge.setTitle!({ title: '办事', onSuccess: (r: unknown) => resolve(r), onFail: () => resolve('failed') })
      }))
      expect(heard).toEqual({ result: 'success' })
      expect((await at.heard()).calls[0]).toMatchObject({ method: 'ah.ui.setTitle', params: { title: '办事' } })
    })
    it('refuses a name it lacks in the vendor\'s way and is no promise itself', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      expect(await zw(frame, 'zwAnnotate')).toMatchObject({ refused: { errorCode: 1 } })
      expect(await frame.evaluate(async () => typeof (await (window as unknown as Vendor).ZWJSBridge))).toBe('object')
    })
    it('uploads from the app\'s own origin once the person picked a file', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      expect(await zw(frame, 'uploadFile', { url: '/upload', type: 'image/*' })).toEqual({
        status: 'success', filePath: ['https://files.example/1'], fileName: ['a.png'], msg: 'success',
      })
      const foreign = await zw(frame, 'uploadFile', { url: 'https://undeclared.example/upload' })
      expect(foreign).toMatchObject({ refused: { errorCode: 60002 } })
    })
    it('in its Jupiter container answers by callback with code 0', async () => {
      const frame = await at.open({ dialects: ['zwjs'], ua: ['jupiter/1.0'] })
      const call = (apiName: string) => frame.evaluate(name => new Promise(resolve => {
        (window as unknown as Vendor).JupiterJSBridge.call('eGovernmentApi', { apiName: name, params: {} }, resolve)
      }), apiName)
      expect(await call('getNetworkType')).toEqual({ errorCode: '0', result: { result: 'wifi' }, data: { result: 'wifi' } })
      expect(await call('nothingSuch')).toMatchObject({ errorCode: '1' })
    })
    it('where the vendor\'s script loads its own container script, offers dd and says when', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      const told = await frame.evaluate(() => new Promise(resolve => {
        type Own = { dd: { device: { connection: { getNetworkType(p: object): Promise<unknown> } } } }
        document.addEventListener('JSBridgeReady', () => resolve((window as unknown as Own).dd.device.connection.getNetworkType({})))
        const script = document.createElement('script')
        script.src = '//portal.zjzwfw.gov.cn/assets/jsbridge/1.0.0/jsbridge.js'
        document.head.append(script)
      }))
      expect(told).toEqual({ result: 'wifi' })
    })
    it('reaches the shell by the vendor\'s top-window messages too', async () => {
      const frame = await at.open({ dialects: ['zwjs'] })
      const heard = await frame.evaluate(() => new Promise(resolve => {
        window.addEventListener('message', e => { if ((e.data as { from?: string }).from === 'top') resolve(e.data) })
        window.top!.postMessage({ _uid: 'u1', from: 'child', method: 'scan', params: {} }, '*')
      }))
      expect(heard).toEqual({ _uid: 'u1', from: 'top', method: 'scan', data: { errorCode: 0, result: { text: 'https://a.example/?c=1' } } })
    })
  })
}

function gateway(at: Harness): void {
  describe('@aligov/jssdk-mgop 3.1.9, unmodified,', () => {
    it('is refused with a signature that does not fit', async () => {
      const frame = await at.open({ dialects: ['mgop'], head: '<script src="/mgop.js"></script>' })
      // Another token than the one the request carries: what the SDK signs is not what arrives.
      const bad = await frame.evaluate(async () => {
        await fetch('/h5/mgop?api=x')
        const said = await fetch('https://mapi.zjzwfw.gov.cn/h5/mgop?ak=ak1&api=mgop.ah.demo.a&ts=1&sign=00&data=null', { method: 'POST', body: '{}' })
        return said.json()
      })
      expect(bad).toMatchObject({ rs: 1001 })
      expect(await mgop(frame, 'mgop.other.app.a')).toMatchObject({ failed: { ret: ['3005::没有这个接口'] } })
    })
    it('gets 9001 and a cookie first, signs, and gets its data', async () => {
      const frame = await at.open({ dialects: ['mgop'], head: '<script src="/mgop.js"></script>' })
      at.gateway.length = 0
      expect(await mgop(frame, 'mgop.ah.demo.list')).toMatchObject({ ok: { data: { heard: { n: 1 } }, ret: ['1000::调用成功'] } })
      expect(at.gateway.map(seen => seen.code)).toEqual([9001, 1000])
    })
    it('by a host of its own named in the host map', async () => {
      const frame = await at.open({ dialects: ['mgop'], hostMap: { 'gw.city.example': '/' }, head: '<script src="/mgop.js"></script>' })
      expect(await mgop(frame, 'mgop.ah.demo.list', { host: 'https://gw.city.example' })).toMatchObject({ ok: { data: { heard: { n: 1 } } } })
    })
    it('and the older way, by a script with a callback, arrives there too', async () => {
      const frame = await at.open({ dialects: ['mgop'] })
      const told = await frame.evaluate(() => new Promise(resolve => {
        Object.assign(window, { jsonp1: resolve })
        const script = document.createElement('script')
        script.src = 'https://mapi.zjzwfw.gov.cn/h5/mgop?ak=a&api=mgop.ah.demo.x&ts=1&sign=0&data=null&callback=jsonp1'
        document.head.append(script)
      }))
      expect(told).toMatchObject({ rs: 9001 })
    })
    it('through the Jupiter container: the same gateway, signed by us', async () => {
      const frame = await at.open({ dialects: ['zwjs', 'mgop'], ua: ['jupiter/1.0'], head: '<script src="/mgop.js"></script>' })
      at.gateway.length = 0
      expect(await mgop(frame, 'mgop.ah.demo.list')).toMatchObject({ ok: { data: { heard: { n: 1 } } } })
      expect(at.gateway.map(seen => seen.code)).toEqual([9001, 1000])
      expect(await mgop(frame, 'mgop.other.a')).toMatchObject({ failed: { errorCode: '3005' } })
    })
  })
}

function counting(at: Harness): void {
  describe('zwlog and aplus', () => {
    it('report what happened and nobody who did it', async () => {
      const frame = await at.open({ dialects: ['zwlog'] })
      await frame.evaluate(() => {
        type Log = new (who: object) => { onReady(f: () => void): void; sendPV(p: object): void; record(p: object): void }
        const { ZwLog, aplus_queue: queue } = window as unknown as { ZwLog: Log; aplus_queue: { push(p: object): void } }
        const log = new ZwLog({ _user_id: '340101199001011234', _user_nick: '张三' })
        log.onReady(() => log.sendPV({ pageId: 'p1', pageName: '首页', Page_duration: 1200, userId: 'u9', log_status: '01' }))
        log.record({ trackerEventCode: 'btn', eventType: 'CLK', eventParams: { nickName: '张三', step: 1 } })
        queue.push({ action: 'aplus.sendPV', arguments: [{ is_auto: false }, { page: 'p2' }] })
      })
      await expect.poll(async () => (await at.heard()).calls.length).toBe(3)
      const { calls } = await at.heard()
      expect(calls.every(call => call.method === 'ah.trace.report' && call.dialect === 'zwlog')).toBe(true)
      expect(calls.map(call => (call.params as { kind: string }).kind).sort()).toEqual(['CLK', 'pv', 'pv'])
      expect(JSON.stringify(calls)).not.toMatch(/3401|张三|u9/)
    })
  })
}

export function zhejiang(at: Harness): void {
  bridge(at)
  gateway(at)
  counting(at)
}
