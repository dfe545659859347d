import { BridgeRefusal, type Handlers } from '@wanshi/bridge/host'
import { onGrid } from '@wanshi/bridge/coordinates'
import type { Grid, Location, NetworkType, UiStyle } from '@wanshi/bridge/methods'
import { codes } from '@wanshi/bridge/protocol'
import { given, malformed, unsupported } from '../refusals'
import type { SheetDesk } from '../sheets'
import { systemOf } from '../watching'
import { picked } from './media'
import { words } from './ui'

const LOCATE_WITHIN_MS = 12_000
const LONGEST_RECORDING_S = 120
const GRIDS: Grid[] = ['wgs84', 'gcj02', 'bd09']
const SCALE = 1000
/** Three decimals of a degree are about a hundred metres: enough for “near me”. */
const rough = (x: number) => Math.round(x * SCALE) / SCALE

/** What the browser says of a position it does not have. */
export function locateRefusal(error: Pick<GeolocationPositionError, 'code'>): BridgeRefusal {
  if (error.code === 1) return new BridgeRefusal(codes.refused, '手机没有允许定位，可以在系统设置里打开')
  if (error.code === 3) return new BridgeRefusal(codes.failed, '定位用时太久，请到开阔的地方再试')
  return new BridgeRefusal(codes.failed, '现在定不到位置，请检查手机的定位开关')
}
const located = (precise: boolean) => new Promise<GeolocationPosition>((resolve, reject) => {
  navigator.geolocation.getCurrentPosition(resolve, e => reject(locateRefusal(e)), { enableHighAccuracy: precise, timeout: LOCATE_WITHIN_MS, maximumAge: 60_000 })
})

interface Connection { type?: string; effectiveType?: string }
const KINDS: Record<string, NetworkType> = { 'wifi': 'wifi', 'ethernet': 'wifi', 'slow-2g': '2g', '2g': '2g', '3g': '3g', '4g': '4g' }
export function networkType(of: Navigator = navigator): NetworkType {
  if (!of.onLine) return 'none'
  const { type, effectiveType } = (of as { connection?: Connection }).connection ?? {}
  return KINDS[type ?? ''] ?? KINDS[effectiveType ?? ''] ?? 'unknown'
}
/** A number people can be connected to: no codes that change the phone’s settings. */
export function dialable(number: unknown): string {
  const found = words(number, 24).replace(/[\s()（）-]/g, '')
  if (!/^\+?\d{3,20}(,\d{1,8})?$/.test(found)) throw malformed('电话号码不对')
  return found
}

export function deviceHandlers(sheets: SheetDesk, style: () => UiStyle, version: string) {
  return {
    'ah.device.getLocation': async p => {
      if (!('geolocation' in navigator)) throw unsupported('这台设备不能定位')
      const precise = p.precise !== false
      const { coords } = await located(precise)
      const grid = GRIDS.find(g => g === p.coordinate) ?? 'wgs84'
      const place: Location = { longitude: coords.longitude, latitude: coords.latitude, accuracy: Math.round(coords.accuracy), coordinate: 'wgs84', region: null, address: '' }
      const found = onGrid(place, grid)
      return precise ? found : { ...found, longitude: rough(found.longitude), latitude: rough(found.latitude) }
    },
    'ah.device.scan': async p => {
      const kinds = (['qr', 'bar'] as const).filter(k => !Array.isArray(p.kinds) || !p.kinds.length || p.kinds.includes(k))
      return given(sheets.show('scan', { kinds }), '用户没有扫码')
    },
    'ah.device.openCamera': async p => {
      const film = p.kind === 'video'
      const files = await given(sheets.show('pick', { title: film ? '拍一段视频' : '拍一张照片', accept: film ? 'video/*' : 'image/*', count: 1, camera: true, album: false }))
      return { file: picked(files[0] as File) }
    },
    'ah.device.openMicrophone': async p => {
      if (!navigator.mediaDevices || !('MediaRecorder' in window)) throw unsupported('这台设备不能录音')
      const seconds = Math.min(LONGEST_RECORDING_S, Math.max(1, Number(p.seconds) || 60))
      return { file: picked(await given(sheets.show('record', { kind: 'audio', seconds }), '用户没有录音')) }
    },
    'ah.device.phoneCall': async p => {
      const number = dialable(p.number)
      await given(sheets.show('phone', { number, text: words(p.text, 200) }), '用户没有拨打')
      return null
    },
    'ah.device.getNetworkType': () => ({ type: networkType() }),
    'ah.device.getUiStyle': () => ({ uiStyle: style() }),
    'ah.device.getInfo': () => ({
      platform: 'wanshi' as const, version, system: systemOf(navigator.userAgent), model: '', language: document.documentElement.lang,
      screenWidth: screen.width, screenHeight: screen.height, pixelRatio: devicePixelRatio,
    }),
    'ah.device.setClipboard': async p => {
      if (typeof p.text !== 'string' || !p.text || p.text.length > 4000) throw malformed('没有要复制的文字，或者太长')
      if (!navigator.clipboard) throw unsupported('这个浏览器不能替您复制')
      await navigator.clipboard.writeText(p.text).catch(() => { throw new BridgeRefusal(codes.refused, '浏览器没有允许复制') })
      return null
    },
  } satisfies Partial<Handlers>
}
