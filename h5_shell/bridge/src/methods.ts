/**
 * The one table of calls: what each `ah.*` method takes and gives. Which scope it needs and
 * whether it is sensitive is in `table.ts`, made from miniapps/data/bridge_methods.json.
 */
import { TABLE } from './table'

export type UiStyle = 'normal' | 'elder'
export interface Region { code: string; name: string }
export interface LaunchContext {
  appid: string
  version: string
  platform: 'wanshi'
  uiStyle: UiStyle
  region: Region
  locale: 'zh-CN' | 'en'
  /** What reviewers approved. */
  scopes: string[]
  trial: boolean
}
/** Bytes, or where the SDK finds them: an address the app declared, or a `data:` address. */
export type Content = Blob | string
/** A file the person picked or made. */
export interface PickedFile { name: string; type: string; size: number; blob: Blob }
export interface User {
  openid: string
  tier: number
  kind?: 'natural' | 'legal' | 'official'
  /** Never the whole name. */
  name?: string
  region?: Region | null
}
export interface Location {
  longitude: number
  latitude: number
  /** In metres; 0 is unknown. */
  accuracy: number
  /** Which map grid the numbers are on. */
  coordinate: Grid
  region: Region | null
  address: string
}
export type Grid = 'wgs84' | 'gcj02' | 'bd09'
export type NetworkType = 'wifi' | '2g' | '3g' | '4g' | '5g' | 'unknown' | 'none'
export interface DeviceInfo {
  platform: 'wanshi'
  version: string
  system: string
  model: string
  language: string
  screenWidth: number
  screenHeight: number
  pixelRatio: number
}
export interface ShareCard { title: string; desc?: string; link?: string; image?: string }
export interface Nothing { [name: string]: never }
export type Done = null

/** Params and result of every method. */
export interface Methods {
  /** A single-use ticket, which the app's own server exchanges for the person. */
  'ah.auth.getTicket': { params: Nothing; result: { ticket: string; expires_in_s: number } }
  /** A code of OpenID Connect (PKCE, S256), which the app's own server exchanges at the token endpoint. */
  'ah.auth.getCode': {
    params: { code_challenge: string; nonce?: string }
    result: { code: string; redirect_uri: string }
  }
  /** What the person agreed to show to the page itself. */
  'ah.auth.getUser': { params: Nothing; result: User }
  /** The person proves by face that it is them. */
  'ah.auth.verifyFace': { params: Nothing; result: { passed: boolean; at?: string } }
  /** Where the device is. */
  'ah.device.getLocation': { params: { coordinate?: Grid; precise?: boolean }; result: Location }
  /** Scans a QR code or a bar code. */
  'ah.device.scan': { params: { kinds?: ('qr' | 'bar')[] }; result: { text: string; kind: 'qr' | 'bar' } }
  /** The person takes a picture or records a film. */
  'ah.device.openCamera': { params: { kind?: 'photo' | 'video'; seconds?: number }; result: { file: PickedFile } }
  /** The person records their voice. */
  'ah.device.openMicrophone': { params: { seconds?: number }; result: { file: PickedFile } }
  /** Opens the dialler, or the message writer when `text` is given. */
  'ah.device.phoneCall': { params: { number: string; text?: string }; result: Done }
  /** How the device is connected. */
  'ah.device.getNetworkType': { params: Nothing; result: { type: NetworkType } }
  /** Whether the person uses the elder version. */
  'ah.device.getUiStyle': { params: Nothing; result: { uiStyle: UiStyle } }
  /** What the page may know about the device; nothing that identifies it. */
  'ah.device.getInfo': { params: Nothing; result: DeviceInfo }
  /** Copies text to the clipboard. */
  'ah.device.setClipboard': { params: { text: string }; result: Done }
  /** Opens the cashier for a bill the app's own server created. */
  'ah.pay.request': {
    params: { bill: string }
    result: { bill: string; status: 'paid' | 'processing' | 'cancelled' | 'failed' }
  }
  /** The person picks or takes pictures. */
  'ah.media.chooseImage': {
    params: { count?: number; sources?: ('album' | 'camera')[] }
    result: { images: PickedFile[] }
  }
  /** Saves one picture to the device. */
  'ah.media.saveImage': { params: { image: Content; name?: string }; result: Done }
  /** Shows pictures full screen. */
  'ah.media.previewImage': { params: { images: Content[]; current?: number }; result: Done }
  /**
   * The person picks files for the app, which sends them itself to an address it declared.
   * With `chosen` (files picked before) nothing is asked; the use is checked and recorded.
   */
  'ah.file.upload': {
    params: { count?: number; accept?: string; chosen?: { name: string; size: number }[] }
    result: { files: PickedFile[] }
  }
  /** Saves a file to the device. */
  'ah.file.download': { params: { file: Content; name?: string }; result: Done }
  /** Opens the share panel. */
  'ah.share.open': { params: ShareCard; result: Done }
  /** Says what the share button of the shell will share. */
  'ah.share.setPage': { params: ShareCard; result: Done }
  /** Opens another page, app or website. */
  'ah.link.open': { params: { url: string }; result: Done }
  /** Sets the title of the container. */
  'ah.ui.setTitle': { params: { title: string }; result: Done }
  /** Sets the buttons of the title bar; the pick comes as event `menu`. */
  'ah.ui.setMenu': { params: { items: { id: string; text: string; icon?: string }[]; share?: boolean }; result: Done }
  /** Closes the app. */
  'ah.ui.close': { params: Nothing; result: Done }
  /** Shows a short notice. */
  'ah.ui.toast': {
    params: { message: string; kind?: 'none' | 'success' | 'fail'; duration_ms?: number }
    result: Done
  }
  /** Shows a notice the person closes. */
  'ah.ui.alert': { params: { title?: string; message: string; button?: string }; result: Done }
  /** Asks yes or no. */
  'ah.ui.confirm': {
    params: { title?: string; message: string; ok?: string; cancel?: string }
    result: { confirmed: boolean }
  }
  /** Asks for a line of text. */
  'ah.ui.prompt': {
    params: { title?: string; message?: string; placeholder?: string; ok?: string; cancel?: string; kind?: 'text' | 'number' | 'password' }
    result: { confirmed: boolean; value: string }
  }
  /** Lets the person pick one of several; -1 is none. */
  'ah.ui.actionSheet': { params: { title?: string; items: string[]; cancel?: string }; result: { index: number } }
  /** Shows or hides the waiting sign. */
  'ah.ui.showLoading': { params: { visible: boolean; text?: string; delay_ms?: number }; result: Done }
  /** Reads what the app stored; without a key everything. */
  'ah.storage.get': { params: { key?: string }; result: { value: string | null; values?: Record<string, string> } }
  /** Stores a text for this app on this device. */
  'ah.storage.set': { params: { key: string; value: string }; result: Done }
  /** Forgets one key; without a key everything. */
  'ah.storage.remove': { params: { key?: string }; result: Done }
  /** The division the person chose in the shell. */
  'ah.region.get': { params: Nothing; result: Region }
  /** Lets the person choose a division. */
  'ah.region.choose': { params: Nothing; result: Region }
  /** Reports what happened in the page; no personal data. */
  'ah.trace.report': {
    params: { kind: string; page?: string; name?: string; data?: Record<string, unknown>; duration_ms?: number }
    result: Done
  }
}
export type MethodName = keyof Methods
export type Params<M extends MethodName> = Methods[M]['params']
export type Result<M extends MethodName> = Methods[M]['result']

/** What the host says without being asked. */
export interface Events {
  uiStyle: UiStyle
  region: Region
  network: { type: NetworkType; online: boolean }
  pause: null
  resume: null
  menu: { id: string }
}

export interface MethodFacts { scope: string; sensitive: boolean; gesture: boolean }
export const METHODS: Readonly<Record<MethodName, MethodFacts>> = TABLE

export function isMethod(name: unknown): name is MethodName {
  return typeof name === 'string' && Object.prototype.hasOwnProperty.call(METHODS, name)
}
