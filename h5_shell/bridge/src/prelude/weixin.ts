/**
 * `WeixinJSBridge.invoke(name, params, done)`: what WeChat's own script reduces to. The signature
 * it adds to every call goes on as proof, for the backend to judge; after a refused `config` that
 * script calls on regardless, so `config` alone protects nothing.
 */
import {
  accepted, count, dataUrl, list, locate, nothing, record, text, texts, unsupported,
  type Adapter, type Ask, type Dialect, type Raw,
} from '../dialects/adapter'
import { METHODS } from '../methods'
import { BridgeRefusal, codes, type Proof } from '../protocol'
import { anyName, callback, failure, run } from './calling'
import type { Page } from './page'

// What the vendor's script calls its own names on the wire.
const WIRE: Record<string, string> = {
  preVerifyJSAPI: 'config', geoLocation: 'getLocation', imagePreview: 'previewImage', getBrandWCPayRequest: 'chooseWXPay',
  sendAppMessage: 'onMenuShareAppMessage', shareTimeline: 'onMenuShareTimeline', editAddress: 'openAddress',
}
const SHARE_ITEM = /^menuItem:share:/
type Done = (answer: Raw) => void

const setPage: Adapter = (ask, p) => ask('ah.share.setPage', {
  title: text(p.title), desc: text(p.desc), link: text(p.link), image: text(p.imgUrl) || text(p.img_url),
}).then(nothing)
const sharing = (shown: boolean): Adapter => ask => ask('ah.ui.setMenu', { items: [], share: shown }).then(nothing)
const sharingNamed = (shown: boolean): Adapter => (ask, p) =>
  (texts(p.menuList).some(item => SHARE_ITEM.test(item)) ? sharing(shown)(ask, p) : Promise.resolve({}))

function images(page: Page, native: { android: boolean }): Dialect {
  return {
    chooseImage: (ask, p) => ask('ah.media.chooseImage', {
      count: count(p.count, 9), sources: texts(p.sourceType).filter(s => s === 'album' || s === 'camera') as ('album' | 'camera')[],
    }).then(({ images: picked }) => page.keepAll(picked)).then(ids => ({ localIds: native.android ? JSON.stringify(ids) : ids })),
    getLocalImgData: (_ask, p) => {
      const file = page.file(text(p.localId))
      if (!file) return Promise.reject(new BridgeRefusal(codes.badRequest, '没有这张图片'))
      return dataUrl(file.blob).then(localData => ({ localData }))
    },
    previewImage: (ask, p) => Promise.all(texts(p.urls).map(ref => page.content(ref))).then(pictures =>
      ask('ah.media.previewImage', { images: pictures, current: Math.max(0, texts(p.urls).indexOf(text(p.current))) })).then(nothing),
    // WeChat keeps such pictures on its servers for the app's own server to fetch; nobody here does.
    uploadImage: unsupported,
    downloadImage: unsupported,
  }
}

function voice(page: Page): Dialect {
  let last = ''
  return {
    startRecord: ask => ask('ah.device.openMicrophone', { seconds: 60 }).then(({ file }) => page.keep(file)).then(id => {
      last = id
      return {}
    }),
    stopRecord: () => (last ? Promise.resolve({ localId: last }) : Promise.reject(new BridgeRefusal(codes.badRequest, '没有录音'))),
  }
}

export function weixin(page: Page): Dialect {
  const ua = page.self.navigator.userAgent
  // The vendor's script reads some answers as text, by the phone it thinks it is on.
  const native = { android: /android/i.test(ua), ios: /iphone|ipad/i.test(ua) }
  const all: Dialect = Object.assign({
    // Asks nothing; the proof that goes with it is judged.
    config: ask => ask('ah.device.getUiStyle', {}).then(nothing),
    checkJsApi: (_ask, p) => {
      const able: Raw = {}
      texts(p.jsApiList).forEach(name => {
        const known = WIRE[name] || name
        able[name] = Object.prototype.hasOwnProperty.call(all, known) && all[known] !== unsupported
      })
      return Promise.resolve({ checkResult: native.android ? JSON.stringify(able) : able })
    },
    getLocation: (ask, p) => locate(ask, p.type === 'gcj02' ? 'gcj02' : 'wgs84').then(({ longitude, latitude, accuracy }) =>
      ({ longitude, latitude, accuracy, speed: 0 })),
    getNetworkType: ask => ask('ah.device.getNetworkType', {}).then(({ type }) => {
      if (type === 'none') throw new BridgeRefusal(codes.offline, '没有网络')
      return { subtype: type }
    }),
    scanQRCode: (ask, p) => ask('ah.device.scan', {
      kinds: list(p.scanType).map(kind => (kind === 'barCode' ? 'bar' : 'qr')),
    }).then(found => ({ resultStr: native.ios ? JSON.stringify({ scan_code: { scan_result: found.text } }) : found.text })),
    chooseWXPay: (ask, p) => ask('ah.pay.request', { bill: text(p.package).replace(/^prepay_id=/, '') }).then(({ status }) => {
      if (status === 'paid') return {}
      throw new BridgeRefusal(status === 'cancelled' ? codes.cancelled : codes.failed, '支付未完成')
    }),
    updateAppMessageShareData: setPage,
    updateTimelineShareData: setPage,
    onMenuShareAppMessage: setPage,
    onMenuShareTimeline: setPage,
    hideOptionMenu: sharing(false),
    showOptionMenu: sharing(true),
    hideMenuItems: sharingNamed(false),
    showMenuItems: sharingNamed(true),
    hideAllNonBaseMenuItem: sharing(false),
    showAllNonBaseMenuItem: sharing(true),
    closeWindow: ask => ask('ah.ui.close', {}).then(nothing),
    openAddress: unsupported,
    reportRealtimeAction: accepted,
  } as Dialect, images(page, native), voice(page))
  return all
}

function proofOf(params: Raw, page: Page): Proof {
  return {
    dialect: 'weixin', appId: text(params.verifyAppId), timestamp: text(params.verifyTimestamp), nonceStr: text(params.verifyNonceStr),
    signature: text(params.verifySignature), url: page.self.location.href.split('#')[0] as string,
  }
}

/** What needs a permission needs a signature too; WeChat lets the rest pass unsigned. */
function asking(page: Page, params: Raw): Ask {
  const proof = proofOf(params, page)
  return ((method, said) => page.ask('weixin', METHODS[method].scope || proof.signature ? proof : undefined)(method, said)) as Ask
}

export function installWeixin(page: Page): void {
  const dialect = weixin(page)
  function invoke(name: string, said?: unknown, done: Done = () => undefined) {
    const params = record(said)
    run(dialect, asking(page, params), WIRE[name] || name, said).then(
      result => done(Object.assign({}, result, { err_msg: `${name}:ok` })),
      error => {
        const { message, numbers } = failure(error)
        const system = numbers.weixin === 'access_denied' || numbers.weixin === 'function not exist'
        done({ err_msg: `${system ? 'system' : name}:${numbers.weixin}`, err_desc: message })
      },
    )
  }
  /** The share menu: the script says only when asked what the page would share, so ask at once. */
  function on(name: string, told: (event: Raw) => void) {
    if (/^menu:share:(appmessage|timeline)$/.test(name)) page.self.setTimeout(() => told({ scene: 'friend' }), 0)
  }
  Object.assign(page.self, {
    WeixinJSBridge: { invoke, on, call: (name: string, said?: unknown) => invoke(name, said), log: () => undefined },
  })
  page.announce('WeixinJSBridgeReady')
}

/** `wx` and `jWeixin` of our own, where a page loads the vendor's script by its address. */
export function installWx(page: Page): void {
  type Bridge = { WeixinJSBridge: { invoke: (name: string, params: Raw, done: Done) => void } }
  const { WeixinJSBridge: bridge } = page.self as unknown as Bridge
  let signed: Raw = {}
  let settled: (() => void)[] | null = []
  let refusal: Raw | null = null
  let onError: (r: Raw) => void = () => undefined
  const call = (name: string) => (said?: unknown) => {
    bridge.invoke(name, Object.assign({}, record(said), signed), answer => {
      const ending = text(answer.err_msg).split(':')[1] || ''
      const told = Object.assign({}, answer, { errMsg: `${name}:${ending}` })
      callback(said, ending === 'ok' ? 'success' : ending === 'cancel' ? 'cancel' : 'fail')(told)
      callback(said, 'complete')(told)
    })
  }
  const base: Raw = {
    config: (said: Raw) => {
      signed = { verifyAppId: said.appId, verifyTimestamp: said.timestamp, verifyNonceStr: said.nonceStr, verifySignature: said.signature }
      call('config')({
        fail: (r: Raw) => {
          refusal = r
          onError(r)
        },
        complete: () => {
          const waiting = settled || []
          settled = null
          waiting.forEach(f => f())
        },
      })
    },
    ready: (f: () => void) => { if (settled) settled.push(f); else f() },
    error: (f: (r: Raw) => void) => {
      onError = f
      if (refusal) f(refusal)
    },
    invoke: (name: string, said: Raw, done?: Done) => bridge.invoke(name, Object.assign({}, said, signed), done || (() => undefined)),
    on: () => undefined,
  }
  // Pages ask for it to learn whether they are inside a mini-program of WeChat's.
  base.miniProgram = undefined
  const wx = anyName(base, call)
  Object.assign(page.self, { wx, jWeixin: wx })
}
