import { createHash } from 'node:crypto'
import type { Frame } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { JSAPI_TICKET, type Harness } from '../harness'

type Said = Record<string, unknown>
type Wx = Record<string, (p: Said | (() => void) | ((e: Said) => void)) => void>

/** What the city's server signs for this page. */
function signed(url: string, ticket = JSAPI_TICKET) {
  const [timestamp, nonceStr] = ['1700000000', 'n0nce']
  const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url.split('#')[0]}`
  return { appId: 'wx1', timestamp, nonceStr, signature: createHash('sha1').update(text).digest('hex') }
}
/** Signs the page and waits for `ready` or `error`. */
const configure = (frame: Frame, name: string, config: Said) => frame.evaluate(([global, said]) => new Promise(resolve => {
  const wx = (window as unknown as Record<string, Wx>)[global as string]!
  wx.config!({ ...(said as Said), jsApiList: ['chooseImage', 'scanQRCode', 'getLocation'] })
  wx.error!((e: Said) => resolve(e.errMsg))
  wx.ready!(() => setTimeout(() => resolve('ready'), 50))
}), [name, config])
const call = (frame: Frame, global: string, name: string, params: Said = {}): Promise<Said> => frame.evaluate(([g, n, p]) => new Promise(resolve => {
  const wx = (window as unknown as Record<string, Wx>)[g as string]!
  const told = (how: string) => (r: Said) => resolve({ how, ...r })
  wx[n as string]!({ ...(p as Said), success: told('success'), fail: told('fail'), cancel: told('cancel') } as Said)
}), [global, name, params])

function sdk(at: Harness): void {
  const open = (more = {}) => at.open({ dialects: ['weixin'], head: '<script src="/weixin.js"></script>', ...more })

  describe('weixin-js-sdk 1.6.5, unmodified,', () => {
    it('with a signature made by another ticket is refused, call by call', async () => {
      const frame = await open()
      expect(await configure(frame, 'sdk', signed(frame.url(), 'another'))).toMatch(/^config:invalid signature/)
      expect(await call(frame, 'sdk', 'scanQRCode')).toMatchObject({ how: 'fail', errMsg: 'scanQRCode:invalid signature' })
      expect((await at.heard()).calls.filter(c => c.method === 'ah.device.scan')).toEqual([])
    })
    it('with a signature for another page is refused', async () => {
      const frame = await open()
      expect(await configure(frame, 'sdk', signed(`${frame.url()}?other=1`))).toMatch(/invalid signature/)
    })
    it('with no signature at all gets nothing that needs a permission', async () => {
      const frame = await open()
      await frame.evaluate(() => (window as unknown as { sdk: Wx }).sdk.config!({ check: false } as Said))
      expect(await call(frame, 'sdk', 'getLocation')).toMatchObject({ how: 'fail' })
      expect((await at.heard()).calls).toEqual([])
    })
    it('rightly signed runs every call, with the proof of this page', async () => {
      const frame = await open({ path: '/index.html?a=1#part' })
      expect(await configure(frame, 'sdk', signed(frame.url()))).toBe('ready')
      expect(await call(frame, 'sdk', 'scanQRCode', { needResult: 1 })).toMatchObject({ how: 'success', resultStr: 'https://a.example/?c=1', errMsg: 'scanQRCode:ok' })
      expect(await call(frame, 'sdk', 'getNetworkType')).toMatchObject({ how: 'success', networkType: 'wifi' })
      const exact = await call(frame, 'sdk', 'getLocation', { type: 'wgs84' })
      expect(exact).toMatchObject({ how: 'success', longitude: 117.2272, latitude: 31.8206 })
      expect(Number((await call(frame, 'sdk', 'getLocation', { type: 'gcj02' })).longitude)).toBeGreaterThan(117.23)
      expect(await call(frame, 'sdk', 'chooseWXPay', { package: 'prepay_id=340' })).toMatchObject({ how: 'success', errMsg: 'chooseWXPay:ok' })
      const scanned = (await at.heard()).calls.find(c => c.method === 'ah.device.scan')
      expect(scanned).toMatchObject({ dialect: 'weixin', proof: { appId: 'wx1', url: frame.url().split('#')[0] } })
    })
    it('gives pictures that show in the page and can be read', async () => {
      const frame = await open()
      await configure(frame, 'sdk', signed(frame.url()))
      const { localIds } = await call(frame, 'sdk', 'chooseImage') as { localIds: string[] }
      expect(localIds).toHaveLength(1)
      const shown = await frame.evaluate(id => new Promise(resolve => {
        const image = new Image()
        image.onload = () => resolve(image.naturalWidth)
        image.onerror = () => resolve('broken')
        image.src = id
      }), localIds[0]!)
      expect(shown).toBe(1)
      expect((await call(frame, 'sdk', 'getLocalImgData', { localId: localIds[0] })).localData).toMatch(/^data:image\/png;base64,iVBOR/)
    })
    it('hears cancel, and what we cannot do', async () => {
      const frame = await open()
      await configure(frame, 'sdk', signed(frame.url()))
      await at.script({ answers: { 'ah.pay.request': { bill: '340', status: 'cancelled' } } })
      expect(await call(frame, 'sdk', 'chooseWXPay', { package: 'prepay_id=340' })).toMatchObject({ how: 'cancel' })
      expect(await call(frame, 'sdk', 'uploadImage', { localId: 'x' })).toMatchObject({ how: 'fail', errMsg: 'uploadImage:function not exist' })
      expect(await call(frame, 'sdk', 'checkJsApi', { jsApiList: ['scanQRCode', 'uploadImage'] }))
        .toMatchObject({ checkResult: { scanQRCode: true, uploadImage: false } })
    })
    it('sets what the page would share, in both generations, and opens no panel', async () => {
      const frame = await open()
      await configure(frame, 'sdk', signed(frame.url()))
      expect(await call(frame, 'sdk', 'updateAppMessageShareData', { title: '公租房', desc: '申请', link: 'https://a.example', imgUrl: '' }))
        .toMatchObject({ how: 'success' })
      await frame.evaluate(() => (window as unknown as { sdk: Wx }).sdk.onMenuShareAppMessage!({ title: '旧的' } as Said))
      await expect.poll(async () => (await at.heard()).calls.filter(c => c.method === 'ah.share.setPage').length).toBe(2)
      expect((await at.heard()).calls.some(c => c.method === 'ah.share.open')).toBe(false)
    })
  })
}

const append = (frame: Frame) => frame.evaluate(() => new Promise<void>(resolve => {
  const script = document.createElement('script')
  // Once in the page, the vendor's digest would keep ours out.
  script.integrity = 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
  script.onload = () => resolve()
  script.src = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js'
  document.head.append(script)
}))

function own(at: Harness): void {
  describe('the wx of our own, where a page loads the vendor\'s script by its address,', () => {
    it.each([
      ['written in the page', '<script src="/__wanshi/vendor/weixin.js"></script>', ''],
      ['added by a script', '', 'append'],
      ['written by document.write', '<script src="/writes.js"></script>', ''],
    ])('appears when the script is %s', async (_how, head, act) => {
      const frame = await at.open({ dialects: ['weixin'], head })
      if (act) await append(frame)
      expect(await configure(frame, 'wx', signed(frame.url()))).toBe('ready')
      expect(await call(frame, 'jWeixin', 'scanQRCode')).toMatchObject({ how: 'success', errMsg: 'scanQRCode:ok' })
      expect(await configure(frame, 'wx', signed(frame.url(), 'another'))).toBe('config:fail_invalid signature')
      expect(await call(frame, 'wx', 'scanQRCode')).toMatchObject({ how: 'fail' })
    })
  })
}

export function weixin(at: Harness): void {
  sdk(at)
  own(at)
}
