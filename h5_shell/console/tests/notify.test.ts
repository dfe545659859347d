import { describe, expect, it } from 'vitest'
import type { Delivery } from '../src/api/notify.ts'
import { askedState, counted, filtered, reasonOf, refusals, replayable, stateKey, trust } from '../src/pieces/notify/words.ts'
import { homeFor, menuFor } from '../src/shell/menu.ts'

const delivery = (more: Partial<Delivery> = {}): Delivery => ({ id: 'd', template: 'cases.accepted', template_version: 1, channel: 'sms', state: 'unknown', state_name: '结果未知', provider: 'cmcc', provider_msg_id: '', attempts: 3, cost_fen: 0, detail: '', to: '139****0002', test: false, created_at: '', not_before: '', moved_at: '', ...more })

describe('the messages desk', () => {
  it('opens on the parked ones, and asks for everything only when told', () => {
    expect([undefined, 'failed', 'all', '<script>', ['failed']].map(said => askedState(stateKey(said)))).toEqual(['parked', 'failed', '', 'parked', 'parked'])
  })
  it('lets a hand try again what stopped or failed, and nothing that is on its way', () => {
    expect([replayable(delivery(), ''), replayable(delivery(), 'unknown'), replayable(delivery({ state: 'failed' }), 'all'), replayable(delivery({ state: 'delivered' }), 'delivered')]).toEqual([true, false, true, false])
  })
  it('says each reason of a refusal once, with how many', () => {
    expect(refusals({ a: 'notify.not_parked', b: 'notify.not_parked', c: 'notify.no_such_delivery' })).toEqual(['2 条没有重发：已在发送，或本人已从另一个渠道收到', '1 条没有重发：这条记录已经不在了'])
    expect(refusals({})).toEqual([])
  })
  it('says why one stopped, also where the carrier said nothing', () => {
    expect([reasonOf(delivery({ detail: '余额不足' })), reasonOf(delivery()), reasonOf(delivery({ state: 'new' }))]).toEqual(['余额不足', '对方没有回音', ''])
  })
  it('counts beside the names, and never a zero', () => {
    const names = counted({ failed: 2, delivered: 0 }).map(([, name]) => name)
    expect(names).toContain('发送失败 2')
    expect(names).toContain('已送达')
  })
  it('tells trust in words at every bound', () => {
    expect([100, 80, 79, 30, 29, 1].map(weight => trust({ weight }).tone)).toEqual(['good', 'good', 'wait', 'wait', 'bad', 'bad'])
  })
  it('knows whether anything but the state was asked for', () => {
    expect([filtered({ state: 'parked', channel: '', provider: '', template: '' }), filtered({ state: '', channel: 'sms', provider: '', template: '' })]).toEqual([false, true])
  })
  it('stands in the menu of who keeps messages and of who may look', () => {
    expect([homeFor(['message_operator']), homeFor(['operator'])]).toEqual(['/messages', '/messages'])
    expect(menuFor(['cashier', 'finance']).map(e => e.to)).not.toContain('/messages')
  })
})
