/** `AlipayJSBridge.call(name, params, done)`: 支付宝 and mPaaS, and what rides on them. */
import {
  accepted, base64, count, list, locate, nothing, pick, record, text, texts, always,
  type Adapter, type Dialect, type Raw,
} from '../dialects/adapter'
import { menuItems } from '../dialects/zwjs'
import { anyName, callback, failure, run } from './calling'
import { croods } from './croods'
import { dingtalk } from './dingtalk'
import type { Page } from './page'

const PAID = { paid: '9000', processing: '8000', failed: '4000', cancelled: '6001' }
const OFFLINE = '6002'

const where: Adapter = ask => locate(ask, 'gcj02').then(({ longitude, latitude, accuracy, region, address }) => ({
  longitude, latitude, accuracy, city: region ? region.name : '', cityAdcode: region ? region.code : '', address,
}))

const tradePay: Adapter = (ask, p) => {
  const signed = /(?:^|&)(?:trade_no|out_trade_no)="?([^"&]+)/.exec(pick(p, 'orderStr', 'orderString'))
  const bill = pick(p, 'tradeNO', 'tradeNo') || (signed ? decodeURIComponent(signed[1] as string) : '')
  return ask('ah.pay.request', { bill }).then(({ status }) => ({ resultCode: PAID[status] }), error => {
    // The vendor's cashier has no errors, only results.
    const { code } = failure(error)
    if (code === 'person.cancelled') return { resultCode: PAID.cancelled }
    if (code === 'network.offline') return { resultCode: OFFLINE }
    throw error
  })
}

function media(page: Page): Dialect {
  const chosen = (ask: Parameters<Adapter>[0], p: Raw) => ask('ah.media.chooseImage', { count: count(p.count, 1) }).then(({ images }) => images)
  const preview: Adapter = (ask, p) => {
    const said = list(p.images || p.urls).map(item => pick(record(item), 'u') || text(item))
    return Promise.all(said.map(ref => page.content(ref)))
      .then(images => ask('ah.media.previewImage', { images, current: count(p.init || p.current, 0) })).then(nothing)
  }
  return {
    chooseImage: (ask, p) => chosen(ask, p).then(images => page.keepAll(images))
      .then(paths => ({ apFilePaths: paths, tempFilePaths: paths, localIds: paths })),
    photo: (ask, p) => chosen(ask, p).then(([image]) => {
      if (!image) return {}
      return p.dataType === 'fileURL' ? page.keep(image).then(fileURL => ({ fileURL })) : base64(image).then(dataURL => ({ dataURL }))
    }),
    saveImage: (ask, p) => page.content(pick(p, 'src', 'url', 'filePath')).then(image => ask('ah.media.saveImage', { image })).then(nothing),
    imageViewer: preview,
    previewImage: preview,
    uploadFile: (ask, p) => page.files(ask, [pick(p, 'filePath', 'localId')].filter(Boolean)).then(files => page.send({
      url: text(p.url), name: pick(p, 'name', 'fileName'), fields: record(p.formData), headers: record(p.header), files,
    })).then(({ status, body }) => ({ statusCode: status, data: body })),
    downloadFile: (ask, p) => page.download(ask, text(p.url), text(p.name)).then(nothing),
  }
}

const share: Adapter = (ask, p) => ask('ah.share.open', {
  title: text(p.title), desc: pick(p, 'desc', 'content'), link: pick(p, 'url', 'link'), image: pick(p, 'imageUrl', 'iconUrl', 'image'),
}).then(nothing)

const talks: Dialect = {
  toast: (ask, p) => ask('ah.ui.toast', {
    message: pick(p, 'content', 'text'), duration_ms: count(p.duration, 2000), kind: p.type === 'success' || p.type === 'fail' ? p.type : 'none',
  }).then(nothing),
  alert: (ask, p) => ask('ah.ui.alert', {
    title: text(p.title), message: pick(p, 'message', 'content'), button: pick(p, 'button', 'buttonText'),
  }).then(nothing),
  confirm: (ask, p) => ask('ah.ui.confirm', {
    title: text(p.title), message: pick(p, 'message', 'content'),
    ok: pick(p, 'okButton', 'confirmButtonText'), cancel: pick(p, 'cancelButton', 'cancelButtonText'),
  }).then(({ confirmed }) => ({ ok: confirmed, confirm: confirmed })),
  prompt: (ask, p) => ask('ah.ui.prompt', {
    title: text(p.title), message: text(p.message), placeholder: text(p.placeholder), ok: pick(p, 'okButton'), cancel: pick(p, 'cancelButton'),
  }).then(({ confirmed, value }) => ({ ok: confirmed, inputValue: value })),
  actionSheet: (ask, p) => ask('ah.ui.actionSheet', {
    title: text(p.title), items: texts(p.btns || p.items), cancel: pick(p, 'cancelBtn', 'cancelButtonText'),
  }),
  showLoading: (ask, p) => ask('ah.ui.showLoading', { visible: true, text: pick(p, 'text', 'content'), delay_ms: count(p.delay, 0) }).then(nothing),
  hideLoading: ask => ask('ah.ui.showLoading', { visible: false }).then(nothing),
}

const stores: Dialect = {
  getAPDataStorage: (ask, p) => ask('ah.storage.get', { key: text(p.key) }).then(({ value }) => ({ data: value === null ? '' : value })),
  setAPDataStorage: (ask, p) => ask('ah.storage.set', {
    key: text(p.key), value: pick(p, 'data', 'value') || (record(p.data) === p.data ? JSON.stringify(p.data) : ''),
  }).then(always({ success: true })),
  removeAPDataStorage: (ask, p) => ask('ah.storage.remove', { key: text(p.key) }).then(always({ success: true })),
}

export const alipay = (page: Page): Dialect => Object.assign({
  getAuthCode: ask => ask('ah.auth.getTicket', {}).then(({ ticket }) => ({ authCode: ticket, authcode: ticket })),
  getLocation: where,
  getCurrentLocation: where,
  scan: (ask, p) => ask('ah.device.scan', { kinds: p.type === 'bar' ? ['bar'] : p.type === 'qr' ? ['qr'] : ['qr', 'bar'] }).then(found =>
    Object.assign({ codeContent: found.text, codeType: found.kind === 'bar' ? 'barCode' : 'qrCode' },
      found.kind === 'bar' ? { barCode: found.text } : { qrCode: found.text })),
  makePhoneCall: (ask, p) => ask('ah.device.phoneCall', { number: text(p.number) }).then(nothing),
  getNetworkType: ask => ask('ah.device.getNetworkType', {}).then(({ type }) => ({
    networkType: type === 'none' ? 'NOTREACHABLE' : type.toUpperCase(), networkAvailable: type !== 'none',
    err_msg: `network_type:${type === 'none' ? 'fail' : type}`,
  })),
  getSystemInfo: ask => ask('ah.device.getInfo', {}),
  setClipboard: (ask, p) => ask('ah.device.setClipboard', { text: text(p.text) }).then(always({ success: true })),
  tradePay,
  startShare: share,
  share,
  pushWindow: (ask, p) => page.open(ask, text(p.url)),
  startApp: (ask, p) => page.open(
    ask, pick(record(p.param), 'url', 'u') || `alipays://platformapi/startapp?appId=${encodeURIComponent(text(p.appId))}`),
  setTitle: (ask, p) => ask('ah.ui.setTitle', { title: text(p.title) }).then(nothing),
  setOptionMenu: (ask, p) => ask('ah.ui.setMenu', { items: menuItems(p.menus || (text(p.title) ? [p] : [])) }).then(nothing),
  showOptionMenu: accepted,
  exitApp: ask => ask('ah.ui.close', {}).then(nothing),
  popWindow: ask => ask('ah.ui.close', {}).then(nothing),
  getCities: ask => ask('ah.region.choose', {}).then(({ code, name }) => ({ city: name, adCode: code, adcode: code })),
} as Dialect, talks, stores, media(page))

type Done = (answer: unknown) => void

/** Whose names a call uses, and how that vendor's answers look. */
function family(page: Page, name: string, params: Raw): { key: 'croods' | 'dingtalk' | 'alipay'; ok: (r: unknown) => unknown } {
  if (/^\w+Plugin\./.test(name)) return { key: 'croods', ok: r => r }
  if (params._apiName || /TaurusApp/.test(page.self.navigator.userAgent)) return { key: 'dingtalk', ok: result => ({ errorCode: '0', result }) }
  return { key: 'alipay', ok: r => r }
}

export function installAlipay(page: Page): void {
  const dialects = { croods: croods(page), dingtalk: dingtalk(page), alipay: alipay(page) }
  function call(name: string, said?: unknown, done?: Done) {
    const answer = typeof said === 'function' ? said as Done : typeof done === 'function' ? done : callback(said, 'success')
    const params = record(typeof said === 'function' ? {} : said)
    const { key, ok } = family(page, name, params)
    run(dialects[key], page.ask(key), name, params).then(r => answer(ok(r)), error => {
      const { message, numbers } = failure(error)
      if (key === 'dingtalk') answer({ errorCode: numbers.dingtalk, errorMessage: message })
      else answer({ error: numbers.alipay, errorMessage: message, errorCode: numbers.alipay })
    })
  }
  Object.assign(page.self, { AlipayJSBridge: { call, startupParams: {} } })
  page.announce('AlipayJSBridgeReady')
  const { document } = page.self
  const tell = (name: string, data: Raw) => document.dispatchEvent(Object.assign(new Event(name), { data }))
  page.connection.on('pause', () => tell('pause', {}))
  page.connection.on('resume', () => tell('resume', {}))
  page.connection.on('menu', ({ id }) => tell('optionMenu', { index: Number(id) || 0 }))
}

/** The global of `alipayjsapi`: the same names as functions. */
export function installAp(page: Page): void {
  type Bridge = { AlipayJSBridge: { call: (name: string, said: unknown, done: Done) => void } }
  const call = (name: string) => (said?: unknown, done?: Done) => new Promise(resolve => {
    const answer = typeof said === 'function' ? said as Done : done || callback(said, 'complete')
    ;(page.self as unknown as Bridge).AlipayJSBridge.call(name, typeof said === 'function' ? {} : said, r => {
      if (typeof said !== 'function') callback(said, record(r).error ? 'fail' : 'success')(r)
      answer(r)
      resolve(r)
    })
  })
  const base: Raw = {
    call: (name: string, said?: unknown, done?: Done) => call(name)(said, done),
    ready: (f: () => void) => { page.self.setTimeout(f, 0) },
  }
  Object.assign(page.self, { ap: anyName(base, call) })
}
