import { ApiProblem, messageOf } from '@wanshi/client'

/** Provinces by their division codes (GB/T 2260); each proves its own people through the nation's platform. */
export const PROVINCES: [code: string, name: string][] = [
  ['110000', '北京市'], ['120000', '天津市'], ['130000', '河北省'], ['140000', '山西省'], ['150000', '内蒙古自治区'], ['210000', '辽宁省'],
  ['220000', '吉林省'], ['230000', '黑龙江省'], ['310000', '上海市'], ['320000', '江苏省'], ['330000', '浙江省'], ['340000', '安徽省'],
  ['350000', '福建省'], ['360000', '江西省'], ['370000', '山东省'], ['410000', '河南省'], ['420000', '湖北省'], ['430000', '湖南省'],
  ['440000', '广东省'], ['450000', '广西壮族自治区'], ['460000', '海南省'], ['500000', '重庆市'], ['510000', '四川省'], ['520000', '贵州省'],
  ['530000', '云南省'], ['540000', '西藏自治区'], ['610000', '陕西省'], ['620000', '甘肃省'], ['630000', '青海省'], ['640000', '宁夏回族自治区'],
  ['650000', '新疆维吾尔自治区'],
]
/** The province a division lies in. */
export const provinceOf = (code: string) => `${code.slice(0, 2)}0000`

export interface Shown { name: string; host: string; over: boolean }
/**
 * What the request says about where its ticket would go. Only the server can tell whether the
 * province signed it: this is for the eye, and a ticket is given for nothing else than is shown.
 */
export function shownIn(request: string, now = Date.now()): Shown | null {
  try {
    const part = request.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), c => c.charCodeAt(0)))) as { exp: number; return_to: string; asker_name?: string }
    const host = new URL(claims.return_to).host
    return host ? { name: String(claims.asker_name ?? '').slice(0, 80), host, over: !(claims.exp * 1000 > now) } : null
  } catch {
    return null
  }
}

export interface WhyNot { title: string; note: string; go: 'again' | 'sign-up' | 'retry' }
/** Why nobody was signed in, and what is worth trying: a ticket serves once, so mostly it begins anew. */
export function whyNot(error: unknown): WhyNot {
  const code = error instanceof ApiProblem ? error.code : ''
  if (code === 'client.offline') return { title: '网络连接不上', note: '连上网后再试一次，一分钟内都有效。', go: 'retry' }
  if (code === 'federation.not_registered') return { title: '您还没有在省级平台注册', note: '先注册一次，以后在各市都能用同一个账号登录。', go: 'sign-up' }
  if (code === 'federation.record_conflicts') return { title: '两边登记的信息不一样', note: messageOf(error), go: 'again' }
  if (code === 'federation.not_recognised') return { title: '没有登录成功', note: '登录凭证一分钟内有效、只能用一次，而且要一直在同一个浏览器里。请重新开始。', go: 'again' }
  return { title: '没有登录成功', note: messageOf(error), go: 'again' }
}
