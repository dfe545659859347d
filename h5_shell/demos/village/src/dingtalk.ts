/** The calls of 钉钉 this app was written for, as promises. */
import dd from 'dingtalk-jsapi/entry/union'
import { get$ as locate } from 'dingtalk-jsapi/api/device/geolocation/get'
import { uploadImage$ as uploadImage } from 'dingtalk-jsapi/api/biz/util/uploadImage'
import { requestAuthCode$ as requestAuthCode } from 'dingtalk-jsapi/api/runtime/permission/requestAuthCode'
import { setTitle$ as setTitle } from 'dingtalk-jsapi/api/biz/navigation/setTitle'

const CORP = 'dingchuzhouvillage'
type Ask<P, R> = (params: P & { onSuccess: (r: R) => void; onFail: (e: unknown) => void }) => unknown

const ready = new Promise<void>(resolve => dd.ready(resolve))

async function asked<P, R>(ask: Ask<P, R>, params: P): Promise<R> {
  await ready
  return new Promise((resolve, reject) => {
    const refuse = (e: unknown) => reject(new Error((e as { errorMessage?: string }).errorMessage ?? '钉钉没有完成这一步'))
    // The library answers by callbacks and by a promise of its own, which must not fail unheard.
    const promised = ask({ ...params, onSuccess: resolve, onFail: refuse }) as Promise<R> | undefined
    promised?.catch(refuse)
  })
}

export const authCode = async () => (await asked<{ corpId: string }, { code: string }>(requestAuthCode as never, { corpId: CORP })).code

export const here = () => asked<Record<string, unknown>, { longitude: number; latitude: number; address?: string }>(
  locate as never, { targetAccuracy: 200, coordinate: 1, withReGeocode: true, useCache: false })

export const photo = async () => {
  const [address] = await asked<Record<string, unknown>, string[]>(uploadImage as never, { multiple: false, max: 1 })
  if (!address) throw new Error('没有选照片')
  return address
}

export const titled = (title: string) => asked(setTitle as never, { title })
