import type { Handlers } from '@wanshi/bridge/host'
import type { Region } from '@wanshi/bridge/methods'
import { BridgeRefusal, codes } from '@wanshi/bridge/protocol'
import { REGIONS, type Settings } from './settings'

export interface Screen {
  settings: () => Settings
  title: (text: string) => void
  say: (text: string) => void
  close: () => void
}
const PIXEL = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), c => c.charCodeAt(0))

/** Answers as a phone in the hands of a made-up person would; nothing leaves this machine. */
export function handlersFor(screen: Screen): Partial<Handlers> {
  const region = (): Region => ({ code: screen.settings().region, name: REGIONS[screen.settings().region] ?? '' })
  const stored = new Map<string, string>()
  const picture = (name: string) => { const blob = new Blob([PIXEL], { type: 'image/png' }); return { name, type: blob.type, size: blob.size, blob } }
  const told = (text: string) => { screen.say(text); return null }
  return {
    'ah.auth.getTicket': () => { must(screen, 1); return { ticket: `DEV-${crypto.randomUUID()}`, expires_in_s: 60 } },
    'ah.auth.getUser': () => { must(screen, 1); return { openid: 'dev0000000000000000000000000000000000000', tier: screen.settings().tier, kind: 'natural', name: '周*岚', region: region() } },
    'ah.auth.verifyFace': () => { must(screen, 2); return { passed: true } },
    'ah.device.getLocation': params => ({ longitude: 117.2272, latitude: 31.8206, accuracy: 30, coordinate: params.coordinate ?? 'wgs84', region: region(), address: `${region().name}（调试位置）` }),
    'ah.device.scan': () => ({ text: window.prompt('扫码得到的内容', 'https://example.gov.cn/1') ?? '', kind: 'qr' }),
    'ah.device.phoneCall': ({ number }) => told(`拨打 ${number}`),
    'ah.device.getNetworkType': () => ({ type: screen.settings().offline ? 'none' : 'wifi' }),
    'ah.device.getUiStyle': () => ({ uiStyle: screen.settings().elder ? 'elder' : 'normal' }),
    'ah.device.getInfo': () => ({ platform: 'wanshi', version: '1.0', system: 'dev', model: 'dev', language: 'zh-CN', screenWidth: 390, screenHeight: 844, pixelRatio: devicePixelRatio }),
    'ah.device.setClipboard': ({ text }) => told(`已复制：${text}`),
    'ah.pay.request': ({ bill }) => ({ bill, status: window.confirm(`付款 ${bill}？`) ? 'paid' : 'cancelled' }),
    'ah.media.chooseImage': ({ count }) => ({ images: Array.from({ length: Math.min(count ?? 1, 9) }, (_, n) => picture(`photo-${n + 1}.png`)) }),
    'ah.media.saveImage': () => told('图片已保存'),
    'ah.media.previewImage': ({ images }) => told(`预览 ${images.length} 张图片`),
    'ah.file.upload': ({ chosen }) => ({ files: chosen ? [] : [picture('file.png')] }),
    'ah.file.download': ({ name }) => told(`已下载 ${name ?? '文件'}`),
    'ah.share.open': ({ title }) => told(`分享：${title}`),
    'ah.share.setPage': ({ title }) => told(`分享内容改为：${title}`),
    'ah.link.open': ({ url }) => told(`打开 ${url}`),
    'ah.ui.setTitle': ({ title }) => { screen.title(title); return null },
    'ah.ui.setMenu': ({ items }) => told(`菜单：${items.map(item => item.text).join('、')}`),
    'ah.ui.close': () => { screen.close(); return null },
    'ah.ui.toast': ({ message }) => told(message),
    'ah.ui.alert': ({ message }) => { window.alert(message); return null },
    'ah.ui.confirm': ({ message }) => ({ confirmed: window.confirm(message) }),
    'ah.ui.prompt': ({ message }) => { const value = window.prompt(message ?? ''); return { confirmed: value !== null, value: value ?? '' } },
    'ah.ui.actionSheet': ({ items }) => ({ index: Number(window.prompt(items.map((item, n) => `${n} ${item}`).join('\n'), '0') ?? -1) }),
    'ah.ui.showLoading': ({ visible, text }) => (visible ? told(text ?? '请稍候') : null),
    'ah.storage.get': ({ key }) => (key === undefined ? { value: null, values: Object.fromEntries(stored) } : { value: stored.get(key) ?? null }),
    'ah.storage.set': ({ key, value }) => { stored.set(key, value); return null },
    'ah.storage.remove': ({ key }) => { if (key === undefined) stored.clear(); else stored.delete(key); return null },
    'ah.region.get': region,
    'ah.region.choose': region,
    'ah.trace.report': () => null,
  }
}

function must(screen: Screen, tier: number) {
  const held = screen.settings().tier
  if (held === 0) throw new BridgeRefusal(codes.refused, '用户还没有登录')
  if (held < tier) throw new BridgeRefusal(codes.tierTooLow, `需要实名等级 ${tier}，现在是 ${held}`)
}
