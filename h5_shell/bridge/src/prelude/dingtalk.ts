/**
 * 钉钉 and 政务钉钉: `nuva.require()` (Android), `WebViewJavascriptBridge` (iOS), the mPaaS
 * branch (alipay.ts), and a `dd` of our own where a page loads the vendor's script.
 */
import {
  accepted, confirmLabelled, count, locate, nothing, pick, text, texts,
  type Adapter, type Dialect, type Raw,
} from '../dialects/adapter'
import { ZWJS } from '../dialects/zwjs'
import { callback, failure, run } from './calling'
import type { Page } from './page'

const PAID = { paid: '9000', processing: '8000', failed: '4000', cancelled: '6001' }
const code: Adapter = ask => ask('ah.auth.getTicket', {}).then(({ ticket }) => ({ code: ticket, authCode: ticket }))
const phone: Adapter = (ask, p) => ask('ah.device.phoneCall', { number: pick(p, 'phoneNumber', 'corpId') || text(texts(p.users)[0]) }).then(nothing)

function images(page: Page, sources: ('album' | 'camera')[]): Adapter {
  return (ask, p) => ask('ah.media.chooseImage', { count: count(p.max, 1), sources }).then(r => page.keepAll(r.images))
}

/** Names whose answers are the same as 浙里办's, which grew out of this one. */
const shared: Dialect = {
  'device.notification.toast': (ask, p) => (ZWJS.toast as Adapter)(ask, {
    message: p.text, type: p.icon === 'success' ? 'success' : 'none', duration: count(p.duration, 2) * 1000,
  }),
  'device.notification.alert': ZWJS.alert as Adapter,
  'device.notification.confirm': confirmLabelled,
  'device.notification.prompt': (ask, p) => (ZWJS.prompt as Adapter)(ask, Object.assign(
    { confirmButton: texts(p.buttonLabels)[0], cancelButton: texts(p.buttonLabels)[1] }, p)),
  'device.notification.actionSheet': (ask, p) => (ZWJS.actionSheet as Adapter)(ask, p),
  'device.notification.showPreloader': ZWJS.showPreloader as Adapter,
  'device.notification.hidePreloader': ZWJS.hidePreloader as Adapter,
  'device.connection.getNetworkType': ZWJS.getNetworkType as Adapter,
  'biz.clipboardData.setData': ZWJS.setClipboardData as Adapter,
  'biz.navigation.setTitle': ZWJS.setTitle as Adapter,
  'biz.navigation.setMenu': ZWJS.setMenu as Adapter,
  'biz.navigation.close': ZWJS.close as Adapter,
  'biz.util.share': ZWJS.share as Adapter,
}

export const dingtalk = (page: Page): Dialect => Object.assign({
  requestAuthCode: code,
  'runtime.permission.requestAuthCode': code,
  'runtime.permission.requestJsApis': accepted,
  faceRecognition: ZWJS.zmAuthentication as Adapter,
  'device.geolocation.get': ask => locate(ask, 'gcj02').then(({ longitude, latitude, accuracy, address, region }) =>
    ({ longitude, latitude, accuracy, address, city: region ? region.name : '' })),
  'biz.util.scan': (ask, p) => ask('ah.device.scan', { kinds: p.type === 'barCode' ? ['bar'] : p.type === 'qrCode' ? ['qr'] : ['qr', 'bar'] })
    .then(found => ({ text: found.text })),
  'biz.telephone.call': phone,
  'biz.telephone.showCallMenu': phone,
  'biz.alipay.pay': (ask, p) => ask('ah.pay.request', { bill: pick(p, 'bill', 'info') })
    .then(({ status }) => ({ resultStatus: PAID[status], result: '' })),
  'biz.util.uploadImage': images(page, ['album', 'camera']),
  'biz.util.uploadImageFromCamera': images(page, ['camera']),
  'biz.util.previewImage': (ask, p) => Promise.all(texts(p.urls).map(ref => page.content(ref))).then(pictures =>
    ask('ah.media.previewImage', { images: pictures, current: Math.max(0, texts(p.urls).indexOf(text(p.current))) })).then(nothing),
  'biz.util.openLink': (ask, p) => page.open(ask, text(p.url)),
  'biz.navigation.replace': (ask, p) => page.open(ask, text(p.url), true),
  'util.domainStorage.getItem': (ask, p) => ask('ah.storage.get', { key: text(p.name) }).then(({ value }) => ({ value })),
  'util.domainStorage.setItem': (ask, p) => ask('ah.storage.set', { key: text(p.name), value: text(p.value) }).then(nothing),
  'util.domainStorage.removeItem': (ask, p) => ask('ah.storage.remove', { key: text(p.name) }).then(nothing),
} as Dialect, shared)

function fault(error: unknown): Raw {
  const { message, numbers } = failure(error)
  return { errorCode: numbers.dingtalk, errorMessage: message }
}

export function installDingtalk(page: Page): void {
  const dialect = dingtalk(page)
  const ask = page.ask('dingtalk')
  type Said = (r: unknown) => void
  const bridge = (ok: Said, fail: Said, module: string, method: string, params: unknown) => {
    run(dialect, ask, module ? `${module}.${method}` : method, params).then(ok, error => fail(fault(error)))
  }
  Object.assign(page.self, {
    nuva: { isReady: true, require: () => bridge },
    WebViewJavascriptBridge: {
      init: () => undefined,
      registerHandler: () => undefined,
      callHandler: (name: string, params: unknown, done: Said) => {
        run(dialect, ask, name, params).then(answered(done), error => done(fault(error)))
      },
    },
  })
  page.announce('runtimeready')
  page.announce('WebViewJavascriptBridgeReady')
}
const answered = (done: (r: unknown) => void) => (result: unknown) => done({ errorCode: '0', result })

/** `dd.biz.util.scan({onSuccess, onFail})`: any path is a call, answered as promise and by callbacks. */
export function installDd(page: Page): void {
  const dialect = dingtalk(page)
  const ask = page.ask('dingtalk')
  const call = (name: string, params: unknown) => run(dialect, ask, name, params).then(result => {
    callback(params, 'onSuccess', 'success')(result)
    return result
  }, error => {
    const refusal = fault(error)
    callback(params, 'onFail', 'fail')(refusal)
    throw refusal
  })
  const soon = (f: () => void) => { page.self.setTimeout(f, 0) }
  const base: Raw = { ready: soon, config: () => undefined, error: () => undefined }
  const path = (at: string): unknown => new Proxy(() => undefined, {
    get: (_own, name) => {
      if (typeof name !== 'string' || name === 'then') return undefined
      return !at && name in base ? base[name] : path(at ? `${at}.${name}` : name)
    },
    apply: (_own, _self, [params]) => {
      const answered = call(at, params)
      // Who gave callbacks does not wait for the promise.
      answered.catch(() => undefined)
      return answered
    },
  })
  Object.assign(page.self, { dd: path('') })
  page.announce('JSBridgeReady')
}
