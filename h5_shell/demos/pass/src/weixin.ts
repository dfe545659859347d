/** WeChat's JSSDK as promises, and the signature its calls need, which our back end makes. */
import wx from 'weixin-js-sdk'
import { call } from './back-end'

type Call = Record<string, unknown>
const NAMES = ['getLocation', 'scanQRCode', 'chooseImage', 'getLocalImgData', 'updateAppMessageShareData']
const SETTLES_MS = 60
interface Signed { appId: string; timestamp: string; nonceStr: string; signature: string }

/** Signs this page; what the container refuses is the reason it gives. */
export async function configure(): Promise<void> {
  const signed = await call<Signed>('POST', '/signatures', { url: location.href.split('#')[0] })
  await new Promise<void>((resolve, reject) => {
    wx.config({ ...signed, timestamp: Number(signed.timestamp), jsApiList: NAMES as never[] })
    wx.error((told: { errMsg: string }) => reject(new Error(`页面签名没有通过，请稍后再试（${told.errMsg}）`)))
    // The script calls this after a refusal too, and sometimes before it tells of it.
    wx.ready(() => setTimeout(resolve, SETTLES_MS))
  })
}

function promised<T>(ask: (p: Call) => void, params: Call): Promise<T> {
  return new Promise((resolve, reject) => ask({
    ...params,
    success: (told: T) => resolve(told),
    cancel: () => reject(new Error('没有完成这一步')),
    fail: (told: { errMsg?: string; err_desc?: string }) => reject(new Error(told.err_desc ?? told.errMsg ?? '容器没有完成这一步')),
  }))
}

export const here = () => promised<{ longitude: number; latitude: number }>(p => wx.getLocation(p as never), { type: 'gcj02' })

export const scanned = () => promised<{ resultStr: string }>(p => wx.scanQRCode(p as never), { needResult: 1, scanType: ['qrCode'] }).then(r => r.resultStr)

/** One picture the person picked, as a data address. */
export async function picture(): Promise<string> {
  const { localIds } = await promised<{ localIds: string[] }>(p => wx.chooseImage(p as never), { count: 1, sourceType: ['album', 'camera'] })
  const localId = localIds[0]
  if (!localId) throw new Error('没有选照片')
  const { localData } = await promised<{ localData: string }>(p => wx.getLocalImgData(p as never), { localId })
  return localData
}

export const share = (title: string, desc: string) => promised(
  p => wx.updateAppMessageShareData(p as never), { title, desc, link: location.href.split('#')[0], imgUrl: '' })
