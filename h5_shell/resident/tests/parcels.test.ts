import { describe, expect, it } from 'vitest'
import type { Parcel, Slot } from '@/api/parcels'
import { byDay, nextStep, parcelTitle, parcelTone, postageWords, windowWords } from '@/pieces/logistics/parcels'

const parcel = (told: Partial<Parcel>) => ({ can: [], state: 'ordered', direction: 'in', intact: null, postage_fen: 1200, ...told }) as unknown as Parcel
const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString()
const slot = (day: number, hour: number, free = true): Slot => ({ start: at(day, hour), end: at(day, hour + 2), free })

describe('a parcel', () => {
  it('says in a few words what it is and which way it goes', () => {
    expect(parcelTitle({ direction: 'in', contents: [{ name: '体检证明', number: '1' }, { name: '照片', number: '2' }] })).toBe('寄给部门：体检证明、照片')
    expect(parcelTitle({ direction: 'out', contents: [{ name: '居住证', number: '1本' }] })).toBe('寄给您：居住证')
  })
  it('says what its owner has to do, and nothing when all goes its way', () => {
    expect(nextStep(parcel({ can: ['pay', 'cancel'] }))).toContain('先付邮费 12.00 元')
    expect(nextStep(parcel({ state: 'rebook', can: ['reschedule'] }))).toContain('另选一个时间')
    expect(nextStep(parcel({ can: ['reschedule', 'cancel', 'agree'] }))).toContain('核对清单')
    expect(nextStep(parcel({ state: 'returned', direction: 'out' }))).toContain('到窗口领取')
    expect(nextStep(parcel({ state: 'delivered', intact: false }))).toContain('对不上')
    expect(nextStep(parcel({ state: 'in_transit', intact: true }))).toBe('')
  })
  it('is coloured by what became of it, and plain on its way', () => {
    expect(['received', 'postage_due', 'returned', 'in_transit'].map(parcelTone)).toEqual(['good', 'wait', 'bad', 'plain'])
  })
})

describe('postage', () => {
  it('is said before anybody is charged', () => {
    expect(postageWords({ carrier_name: '邮政 EMS', payer: 'resident', amount_fen: 1200 })).toBe('邮政 EMS，邮费 12.00 元，由您支付')
    expect(postageWords({ carrier_name: '邮政 EMS', payer: 'agency', amount_fen: 1200 })).toContain('您不用付钱')
    expect(postageWords(null)).toContain('到窗口办理')
  })
})

describe('windows of the courier', () => {
  it('stand day by day, full ones among them', () => {
    const days = byDay([slot(24, 10), slot(24, 12, false), slot(25, 10)])
    expect(days.map(d => [d.day, d.slots.length])).toEqual([['11月24日（周二）', 2], ['11月25日（周三）', 1]])
  })
  it('are said with day and hours', () => {
    expect(windowWords(at(24, 9), at(24, 11))).toBe('11月24日（周二）09:00–11:00')
  })
})
