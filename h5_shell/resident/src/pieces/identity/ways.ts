import type { Evidence, Way, Ways } from '@/api/identity'

/** How people see a way to the second tier: a picture, what to have at hand, how long it takes. */
export interface WayWords { icon: string; needs: string; takes: string; best?: boolean; opens?: string }

const WORDS: Record<string, WayWords> = {
  face_and_code: { icon: 'face', needs: '刷脸，再收一条短信', takes: '约 1 分钟', best: true },
  face_and_voice: { icon: 'mic', needs: '刷脸，再念几个数字', takes: '约 1 分钟' },
  alipay: { icon: 'pay', needs: '到支付宝认证，自动回来', takes: '约 2 分钟', opens: '支付宝' },
  wechat_face: { icon: 'chat', needs: '在微信小程序里办', takes: '约 2 分钟' },
  unionpay: { icon: 'card', needs: '银联卡和预留手机号', takes: '约 1 分钟' },
  housing_fund: { icon: 'house', needs: '您的个人公积金账号', takes: '约 1 分钟' },
  social_security_card: { icon: 'licence', needs: '社会保障卡的卡号', takes: '约 1 分钟' },
  realname_window: { icon: 'window', needs: '带身份证到政务大厅', takes: '当场办好' },
}
export const wordsFor = (way: Pick<Way, 'code'>): WayWords => WORDS[way.code] ?? { icon: 'shield', needs: '', takes: '' }

export interface Choice { way: Way; words: WayWords; to: string }

function addressOf(way: Way): string {
  if (way.how === 'window') return '/tier/window'
  if (way.how === 'face') return way.code === 'face_and_voice' ? '/tier/face?second=voice' : '/tier/face'
  return `/tier/by/${encodeURIComponent(way.code)}`
}
/** What is open to this person, the quickest first and the window last; what staff switched off is left out. */
export function choices(ways: Ways['ways'], tier = 2): Choice[] {
  const rank = ({ words, way }: Choice) => (words.best ? 0 : way.how === 'window' ? 9 : way.asks.length ? 5 : way.needs_face ? 3 : 2)
  return ways.filter(way => way.enabled && way.tier >= tier).map(way => ({ way, words: wordsFor(way), to: addressOf(way) }))
    .sort((a, b) => rank(a) - rank(b))
}

const DAY_MS = 86_400_000
const SOON_DAYS = 30

/** Whether a proof counts much longer; the words carry it, the colour repeats it. */
export function standing(evidence: Pick<Evidence, 'expires_at'>, now = Date.now()): { words: string; tone: 'good' | 'wait' } {
  if (!evidence.expires_at) return { words: '长期有效', tone: 'good' }
  const left = Math.ceil((new Date(evidence.expires_at).getTime() - now) / DAY_MS)
  return left <= SOON_DAYS ? { words: `还有 ${Math.max(0, left)} 天`, tone: 'wait' } : { words: '有效', tone: 'good' }
}
