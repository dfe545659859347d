/** What the person at the toolbar chose; kept in this browser between reloads. */
export interface Settings {
  dialect: string
  elder: boolean
  region: string
  tier: number
  consent: 'ask' | 'yes' | 'no'
  offline: boolean
}
export const REGIONS: Record<string, string> = {
  340000: '安徽省', 340100: '合肥市', 340200: '芜湖市', 340300: '蚌埠市', 340400: '淮南市', 340500: '马鞍山市', 340600: '淮北市', 340700: '铜陵市', 340800: '安庆市',
  341000: '黄山市', 341100: '滁州市', 341200: '阜阳市', 341300: '宿州市', 341500: '六安市', 341600: '亳州市', 341700: '池州市', 341800: '宣城市',
}
export const DIALECTS: Record<string, string> = {
  '': '按清单', none: '平台接口', croods: '皖事通 croods', zwjs: '浙里办 ZWJSBridge', mgop: '浙里办网关', zwlog: '浙里办埋点', weixin: '微信', alipay: '支付宝', dingtalk: '钉钉',
}
const KEY = 'ahmini-dev'
export function remembered(region: string): Settings {
  const fresh: Settings = { dialect: '', elder: false, region, tier: 2, consent: 'ask', offline: false }
  try { return { ...fresh, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings> } } catch { return fresh }
}
export const remember = (settings: Settings) => localStorage.setItem(KEY, JSON.stringify(settings))
