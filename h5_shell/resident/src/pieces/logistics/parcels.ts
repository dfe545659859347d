import type { Parcel, Postage, Slot } from '@/api/parcels'
import { yuan, type Tone } from '@/shell/format'

const TONES: Record<string, Tone> = { delivered: 'good', received: 'good', postage_due: 'wait', rebook: 'wait', returned: 'bad', refused: 'bad', cancelled: 'plain' }
/** How a parcel's state is coloured; on its way it is nobody's worry. */
export const parcelTone = (state: string): Tone => TONES[state] ?? 'plain'

/** What kind of parcel it is, in a resident's words. */
export const parcelTitle = (parcel: Pick<Parcel, 'direction' | 'contents'>) =>
  `${parcel.direction === 'in' ? '寄给部门：' : '寄给您：'}${parcel.contents.map(c => c.name).join('、')}`

const clock = (at: Date) => `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
const WEEKDAYS = '日一二三四五六'
/** “11月24日（周二）10:00–12:00”, on the phone's own clock. */
export function windowWords(start: string, end: string | null): string {
  const from = new Date(start)
  const words = `${from.getMonth() + 1}月${from.getDate()}日（周${WEEKDAYS[from.getDay()]}）${clock(from)}`
  return end ? `${words}–${clock(new Date(end))}` : words
}

/** What sending costs and whom, before anything is chosen. */
export function postageWords(postage: Postage | null): string {
  if (!postage) return '这里暂时不能寄，请到窗口办理。'
  return postage.payer === 'resident' ? `${postage.carrier_name}，邮费 ${yuan(postage.amount_fen)} 元，由您支付` : `${postage.carrier_name}，邮费由部门承担，您不用付钱`
}

/** Windows of one day together, days in turn; full ones stay, so that nobody looks for them. */
export function byDay(slots: Slot[]): { day: string; slots: Slot[] }[] {
  const days = new Map<string, Slot[]>()
  for (const slot of slots) {
    const day = windowWords(slot.start, null).slice(0, -5)
    days.set(day, [...(days.get(day) ?? []), slot])
  }
  return [...days].map(([day, found]) => ({ day, slots: found }))
}
export const hours = (slot: Slot) => `${clock(new Date(slot.start))}–${clock(new Date(slot.end))}`

/** What the person has to do next about a parcel; empty when all goes its way. */
export function nextStep(parcel: Parcel): string {
  if (parcel.can.includes('pay')) return `请先付邮费 ${yuan(parcel.postage_fen)} 元，付了快递才会来`
  if (parcel.state === 'rebook') return '约的时间不能来了，请另选一个时间'
  if (parcel.can.includes('agree')) return '请核对清单，把东西交给快递员'
  if (parcel.state === 'returned' && parcel.direction === 'out') return '没有送到，已退回部门，请到窗口领取'
  if (parcel.intact === false) return '收到的东西和清单对不上，请联系部门'
  return ''
}
