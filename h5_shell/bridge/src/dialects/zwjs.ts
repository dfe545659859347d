/**
 * ZWJSBridge (浙里办), the calls that need nothing of the page: the prelude offers them as
 * promises, the host to the vendor's own script over its top-window protocol.
 */
import { BridgeRefusal, codes } from '../protocol'
import type { NetworkType } from '../methods'
import {
  base64, confirmLabelled, count, list, locate, nothing, pick, record, text, texts, always,
  type Adapter, type Dialect,
} from './adapter'

const USER_TYPES = { official: '0', natural: '1', legal: '2' }
const city = (r: { code: string; name: string }) => ({ cityId: r.code, cityName: r.name, webId: r.code, orgCode: r.code })
const network = (type: NetworkType) => (type === '5g' ? '4g' : type)

const face: Adapter = ask => ask('ah.auth.verifyFace', {}).then(({ passed }) =>
  ({ status: passed ? 'success' : 'fail', pass: passed, passId: '', msg: passed ? '核验通过' : '核验未通过' }))
const share: Adapter = (ask, p) => ask('ah.share.open', {
  title: text(p.title), desc: text(p.content), link: text(p.url), image: text(p.image),
}).then(nothing)
const UNPAID: Record<string, string> = { processing: '8000', cancelled: '6001', failed: '40000' }
const pay: Adapter = (ask, p) => ask('ah.pay.request', { bill: pick(p, 'credential', 'bill') }).then(({ bill, status }) => {
  if (status === 'paid') return { result: 'success', orderNo: bill }
  throw new BridgeRefusal(status === 'cancelled' ? codes.cancelled : codes.failed, '支付未完成', '', UNPAID[status])
})

export const ZWJS: Dialect = {
  ssoTicket: ask => ask('ah.auth.getTicket', {}).then(({ ticket }) => ({ result: true, ticketId: ticket })),
  getUserType: ask => ask('ah.auth.getUser', {}).then(({ kind }) => ({ userType: USER_TYPES[kind || 'natural'] })),
  zmAuthentication: face,
  realAuthentication: face,
  kexinAuthentication: face,
  getLocation: ask => locate(ask, 'gcj02').then(({ longitude, latitude, region, address }) => ({
    longitude, latitude, cityName: region ? region.name : '', region: region ? region.name : '',
    townCode: region ? region.code : '', detailAddress: address,
  })),
  scan: ask => ask('ah.device.scan', { kinds: ['qr'] }).then(found => ({ text: found.text })),
  phoneCall: (ask, p) => ask('ah.device.phoneCall', { number: pick(p, 'corpId', 'phoneNumber') }).then(nothing),
  sms: (ask, p) => ask('ah.device.phoneCall', { number: text(p.phoneNumber), text: text(p.text) }).then(nothing),
  getNetworkType: ask => ask('ah.device.getNetworkType', {}).then(({ type }) => ({ result: network(type) })),
  getUiStyle: ask => ask('ah.device.getUiStyle', {}),
  getSystemInfo: ask => ask('ah.device.getInfo', {}),
  setClipboardData: (ask, p) => ask('ah.device.setClipboard', { text: text(p.text) }).then(nothing),
  pay,
  chooseImage: (ask, p) => ask('ah.media.chooseImage', { count: count(p.count, 1) })
    .then(({ images }) => Promise.all(images.map(base64))).then(picSrc => ({ picSrc, picPath: [] })),
  saveImage: (ask, p) => ask('ah.media.saveImage', { image: text(p.url) }).then(nothing),
  share,
  directShare: share,
  openLink: (ask, p) => ask('ah.link.open', { url: text(p.url) }).then(nothing),
  setTitle: (ask, p) => ask('ah.ui.setTitle', { title: text(p.title) }).then(always({ result: 'success' })),
  setMenu: (ask, p) => ask('ah.ui.setMenu', { items: menuItems(p.items) }).then(nothing),
  close: ask => ask('ah.ui.close', {}).then(nothing),
  toast: (ask, p) => ask('ah.ui.toast', {
    message: text(p.message), duration_ms: count(p.duration, 2000),
    kind: p.type === 'success' ? 'success' : p.type === 'fail' || p.type === 'exception' ? 'fail' : 'none',
  }).then(nothing),
  alert: (ask, p) => ask('ah.ui.alert', { title: text(p.title), message: text(p.message), button: text(p.buttonName) }).then(nothing),
  confirm: confirmLabelled,
  prompt: (ask, p) => ask('ah.ui.prompt', {
    title: text(p.title), message: text(p.message), placeholder: text(p.placeholder),
    ok: text(p.confirmButton), cancel: text(p.cancelButton),
    kind: p.inputType === 'number' || p.inputType === 'password' ? p.inputType : 'text',
  }).then(({ confirmed, value }) => ({ buttonIndex: confirmed ? 0 : 1, value })),
  actionSheet: (ask, p) => {
    const items = texts(p.otherButtons)
    return ask('ah.ui.actionSheet', { title: text(p.title), items, cancel: text(p.cancelButton) })
      .then(({ index }) => ({ buttonIndex: index, value: items[index] || '' }))
  },
  showPreloader: (ask, p) => ask('ah.ui.showLoading', { visible: true, text: text(p.text), delay_ms: count(p.delay, 0) }).then(nothing),
  hidePreloader: ask => ask('ah.ui.showLoading', { visible: false }).then(nothing),
  getLocalStorage: (ask, p) => (text(p.key)
    ? ask('ah.storage.get', { key: text(p.key) }).then(({ value }) => ({ [text(p.key)]: value === null ? '' : value }))
    : ask('ah.storage.get', {}).then(({ values }) => values || {})),
  setLocalStorage: (ask, p) => ask('ah.storage.set', {
    key: text(p.key), value: typeof p.value === 'string' ? p.value : JSON.stringify(p.value === undefined ? '' : p.value),
  }).then(always({ result: 'success' })),
  removeLocalStorage: (ask, p) => ask('ah.storage.remove', { key: text(p.key) }).then(always({ result: 'success' })),
  getCurrentLocationCity: ask => ask('ah.region.get', {}).then(city),
  selectCity: ask => ask('ah.region.choose', {}).then(city),
  monitorTrace: (ask, p) => ask('ah.trace.report', {
    kind: text(p.monitorType, 'click'), page: text(p.pageName), name: pick(p, 'actionName', 'modulePoint', 'module'),
    duration_ms: count(p.timeCost, 0), data: record(p.bizInfo),
  }).then(nothing),
}

export function menuItems(items: unknown): { id: string; text: string; icon?: string }[] {
  return list(items).map((item, at) => {
    const said = record(item)
    return { id: text(said.id, String(at)), text: pick(said, 'text', 'title', 'name'), icon: pick(said, 'iconUrl', 'url', 'icon') }
  })
}
