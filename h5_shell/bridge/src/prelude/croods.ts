/**
 * 皖事通. The old container is asked through `window.prompt('iflytek:…')` (Android) or a hidden
 * frame and a queue (iOS) and answers `window[callback]({code, message})`; the new one is
 * `AlipayJSBridge.call('UserPlugin.login', params, done)` and answers the result itself.
 */
import {
  accepted, base64, count, locate, nothing, pick, record, text, texts, unsupported,
  type Adapter, type Ask, type Dialect, type Raw,
} from '../dialects/adapter'
import type { Grid, Location, PickedFile } from '../methods'
import { callback, failure, run } from './calling'
import type { Page } from './page'

const OK = 10000
const GRIDS: Record<string, Grid> = { gcj02: 'gcj02', wgs84: 'wgs84', bd09ll: 'bd09', bd09: 'bd09' }

const user: Adapter = ask => ask('ah.auth.getUser', {}).then(({ openid, name, tier, kind }) =>
  ({ id: openid, userId: openid, userName: name || '', authLevel: tier, userType: kind === 'legal' ? '2' : '1', isLogin: true }))

function place({ longitude, latitude, accuracy, address, region }: Location): Raw {
  const area = region ? region.name : ''
  return {
    longitude, latitude, lng: longitude, lat: latitude, acc: accuracy,
    city: area, district: area, locationDescribe: address,
    Longitude: String(longitude), Latitude: String(latitude), City: area, District: area, Address: address,
  }
}
const where = (otherwise: Grid): Adapter => (ask, p) => locate(ask, GRIDS[text(p.coorType)] || otherwise).then(place)

const stores: Dialect = {
  'StoragePlugin.add': (ask, p) => ask('ah.storage.set', { key: text(p.key), value: text(p.value) }).then(nothing),
  'StoragePlugin.get': (ask, p) => ask('ah.storage.get', { key: text(p.key) }).then(({ value }) => ({ key: p.key, value })),
  'StoragePlugin.getAll': ask => ask('ah.storage.get', {}).then(({ values }) => values || {}),
  'StoragePlugin.remove': (ask, p) => ask('ah.storage.remove', { key: text(p.key) }).then(nothing),
  'StoragePlugin.removeAll': ask => ask('ah.storage.remove', {}).then(nothing),
}

function pictures(page: Page, sources: ('album' | 'camera')[]): Adapter {
  return (ask, p) => ask('ah.media.chooseImage', { count: count(p.count || p.maxCount, 1), sources }).then(({ images }) =>
    Promise.all(images.map(image => Promise.all([page.keep(image), base64(image)])
      .then(([path, data]) => ({ path, base64: data, name: image.name }))))
      .then(all => Object.assign({ images: all }, all[0])))
}

function files(page: Page): Dialect {
  const upload: Adapter = (ask, p) => {
    const given = texts(p.filePaths).concat(pick(p, 'filePath', 'path')).filter(Boolean)
    return page.files(ask, given, count(p.count, 1)).then(chosen => page.send({
      url: text(p.url), name: pick(p, 'fileKey', 'name'), fields: record(p.params), headers: record(p.headers), files: chosen,
    })).then(({ status, body }) => ({ httpCode: status, result: body }))
  }
  const recorded = (file: PickedFile) => page.keep(file).then(path => ({ path, name: file.name, size: file.size }))
  return {
    'UploadPlugin.upload': upload,
    'ServicePermissionPlugin.uploadMaterial': upload,
    'DownloadPlugin.download': (ask, p) => page.download(ask, text(p.url), pick(p, 'fileName', 'name')).then(nothing),
    'ImagePlugin.takePhoto': pictures(page, ['camera']),
    'ImagePlugin.choose': pictures(page, ['album']),
    'ImagePlugin.preview': (ask, p) => Promise.all(texts(p.urls || p.images || [pick(p, 'url', 'path')]).map(ref => page.content(ref)))
      .then(images => ask('ah.media.previewImage', { images, current: count(p.index || p.current, 0) })).then(nothing),
    'UtilPlugin.saveImg': (ask, p) => page.content(pick(p, 'url', 'img', 'base64', 'data'))
      .then(image => ask('ah.media.saveImage', { image })).then(nothing),
    'VideoPlugin.record': (ask, p) => ask('ah.device.openCamera', { kind: 'video', seconds: count(p.duration, 0) }).then(r => recorded(r.file)),
    'AudioPlugin.record': (ask, p) => ask('ah.device.openMicrophone', { seconds: count(p.duration, 0) }).then(r => recorded(r.file)),
  }
}

export const croods = (page: Page): Dialect => Object.assign({
  'UserPlugin.login': ask => ask('ah.auth.getTicket', {}).then(({ ticket }) => ({ token: ticket })),
  'UserPlugin.getUser': user,
  'UserPlugin.isLogin': user,
  'UserPlugin.closePage': ask => ask('ah.ui.close', {}).then(nothing),
  'LivenessPlugin.detect': ask => ask('ah.auth.verifyFace', {}).then(({ passed }) => ({ result: passed, passed })),
  'BaiduMapPlugin.getLocation': where('bd09'),
  'GeoPlugin.open': where('wgs84'),
  'GeoPlugin.getLocation': where('wgs84'),
  'GeoPlugin.close': accepted,
  'ServicePermissionPlugin.getLocation': (ask, p) => where('gcj02')(ask, p).then(data => ({ flag: true, data })),
  'QRCodePlugin.scanCode': ask => ask('ah.device.scan', {}).then(found => ({ result: found.text, text: found.text })),
  // What is said becomes text only on a server we do not have; the address book stays closed.
  'SpeechPlugin.start': unsupported,
  'ContactsPlugin.get': unsupported,
  'BasePlugin.getNetworkType': ask => ask('ah.device.getNetworkType', {}).then(({ type }) => ({ network: type })),
  'BasePlugin.getDeviceInfo': ask => ask('ah.device.getInfo', {}).then(info => Object.assign({ os: info.system }, info)),
  'BasePlugin.getAppInfo': ask => ask('ah.device.getInfo', {}).then(info => ({ appId: page.config.appid, version: info.version })),
  'BasePlugin.copy': (ask, p) => ask('ah.device.setClipboard', { text: pick(p, 'text', 'content', 'value') }).then(nothing),
  'BasePlugin.loadUrl': (ask, p) => page.open(ask, text(p.url)),
  'BasePlugin.close': ask => ask('ah.ui.close', {}).then(nothing),
  'BasePlugin.exit': ask => ask('ah.ui.close', {}).then(nothing),
  'BasePlugin.goBack': () => {
    page.self.history.back()
    return Promise.resolve({})
  },
  'SharePlugin.share': (ask, p) => {
    const said = Object.assign({}, p, record(p.shareParams))
    return ask('ah.share.open', { title: text(said.title), desc: text(said.text), link: text(said.url), image: text(said.imageUrl) }).then(nothing)
  },
} as Dialect, stores, files(page))

// The short names of the vendor's script.
const SHORT: Record<string, string> = {
  getNetworkType: 'BasePlugin.getNetworkType', pageClose: 'BasePlugin.close', loadUrl: 'BasePlugin.loadUrl', copy: 'BasePlugin.copy',
  openLocation: 'GeoPlugin.open', closeLocation: 'GeoPlugin.close', getLocation: 'GeoPlugin.getLocation',
  scanCode: 'QRCodePlugin.scanCode', download: 'DownloadPlugin.download', upload: 'UploadPlugin.upload', ajax: 'RoutePlugin.request',
  shareContent: 'SharePlugin.share', takePhoto: 'ImagePlugin.takePhoto',
}

/** One call of the old container: its answer goes to a function of the page, by name. */
function native(page: Page, dialect: Dialect, ask: Ask, command: Raw): void {
  const answer = (code: number, message: string) => {
    const done = (page.self as unknown as Raw)[text(command.callback)]
    if (typeof done === 'function') done({ code, message })
  }
  run(dialect, ask, `${text(command.service)}.${text(command.action)}`, command.params).then(
    result => answer(OK, JSON.stringify(result)),
    error => {
      const { message, numbers } = failure(error)
      answer(numbers.croods, message)
    },
  )
}

function commands(said: string): Raw[] {
  try {
    const read: unknown = JSON.parse(said)
    return (Array.isArray(read) ? read : [read]).map(record)
  } catch {
    return []
  }
}

export function installCroods(page: Page): void {
  const { self } = page
  const dialect = croods(page)
  const ask = page.ask('croods')
  const prompt = self.prompt.bind(self)
  const exec = (action: string, said: unknown) => run(dialect, ask, action, record(said).params || said).then(
    callback(said, 'success'),
    error => {
      const { code, message, numbers } = failure(error)
      const name = numbers.croods === 10007 ? 'cancel' : 'fail'
      callback(said, name, 'fail', 'error')(name === 'fail' ? `${numbers.croods}: ${message}` : { code: numbers.croods, message, reason: code })
    },
  ).then(() => callback(said, 'complete')(undefined))
  const own: Raw = {
    config: () => undefined,
    load: (ready: () => void) => { self.setTimeout(ready, 0) },
    ready: (ready: () => void) => { self.setTimeout(ready, 0) },
    customPlugin: (said: unknown) => exec(text(record(said).action), said),
    closePage: () => exec('UserPlugin.closePage', {}),
  }
  Object.keys(SHORT).forEach(name => { own[name] = (said: unknown) => exec(SHORT[name] as string, said) })
  Object.assign(self, {
    croods: own,
    prompt: (said?: string, otherwise?: string) => {
      if (typeof said !== 'string' || said.slice(0, 8) !== 'iflytek:') return prompt(said, otherwise)
      commands(said.slice(8)).forEach(command => native(page, dialect, ask, command))
      return ''
    },
  })
}

/** The iOS container: the frame's address only says that something waits in the queue. */
export function fetchQueue(page: Page): void {
  const { croods: sdk } = page.self as unknown as { croods?: { nativeFetchQueue?: () => string } }
  if (!sdk || !sdk.nativeFetchQueue) return
  const [dialect, ask] = [croods(page), page.ask('croods')]
  commands(sdk.nativeFetchQueue()).forEach(command => native(page, dialect, ask, command))
}
