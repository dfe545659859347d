import type { Carrier, Delivery, Looked } from '#console/api/notify.ts'

type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'info'
/** What the desk is for comes first, and is where it opens; everything has a name of its own. */
export const STATES = [['', '停下待处理'], ['failed', '发送失败'], ['unknown', '结果未知'], ['new', '待发送'], ['sent', '发送中'], ['accepted', '已提交'], ['delivered', '已送达'], ['skipped', '未发送'], ['all', '全部']] as const
export const stateKey = (said: unknown): string => STATES.find(([key]) => key === said)?.[0] ?? ''
/** The same in the server's words. */
export const askedState = (key: string) => key === '' ? 'parked' : key === 'all' ? '' : key
export const counted = (counts: Record<string, number>) => STATES.map(([key, name]) => [key, counts[key] ? `${name} ${counts[key]}` : name] as const)

const TONES: Record<string, Tone> = { new: 'wait', sent: 'info', accepted: 'info', delivered: 'good', failed: 'bad', unknown: 'wait' }
export const stateTone = (state: string): Tone => TONES[state] ?? 'plain'
export const CHANNELS = [['sms', '短信'], ['push', '浏览器推送'], ['subscribe', '微信订阅消息'], ['alipay', '支付宝消息']] as const
export const channelName = (channel: string) => CHANNELS.find(([key]) => key === channel)?.[1] ?? channel

/** A hand helps where the machine gave up: a parked one, or one that failed for good. */
export const replayable = (delivery: Delivery, asked: string) => asked === '' || delivery.state === 'failed'
export const reasonOf = (delivery: Delivery) => delivery.detail || (delivery.state === 'unknown' ? '对方没有回音' : '')
export const filtered = ({ channel, provider, template }: Looked) => Boolean(channel || provider || template)

const REFUSALS: Record<string, string> = {
  'notify.not_parked': '已在发送，或本人已从另一个渠道收到',
  'notify.no_such_delivery': '这条记录已经不在了',
}
/** Why some were refused, each reason once with its number. */
export function refusals(refused: Record<string, string>): string[] {
  const times = new Map<string, number>()
  for (const code of Object.values(refused)) times.set(code, (times.get(code) ?? 0) + 1)
  return [...times].map(([code, n]) => `${n} 条没有重发：${REFUSALS[code] ?? code}`)
}

/** How far a carrier is trusted, in words for who cannot see the bar. */
export function trust({ weight }: Pick<Carrier, 'weight'>): { tone: Tone; name: string } {
  if (weight >= 80) return { tone: 'good', name: '正常' }
  return weight >= 30 ? { tone: 'wait', name: '偶有失败，少派' } : { tone: 'bad', name: '多次失败，基本不派' }
}
