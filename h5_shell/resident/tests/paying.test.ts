import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as api from '@/api/payments'
import CodeSheet from '@/pieces/payments/CodeSheet.vue'
import { leaves } from '@/pieces/payments/going'
import { whatFor } from '@/pieces/payments/states'
import WayChoice from '@/pieces/payments/WayChoice.vue'

const WAYS: api.Way[] = [{ channel: 'wechat', product: 'h5', name: '微信支付' }, { channel: 'alipay', product: 'h5', name: '支付宝' }, { channel: 'nontax', product: 'h5', name: '财政非税缴款' }]

describe('the choice of a way to pay', () => {
  const shown = (ways: api.Way[]) => mount(WayChoice, { props: { ways, modelValue: ways[0]! } })
  it('begins with the usual one, and tells which was chosen', async () => {
    const wrapper = shown(WAYS)
    const boxes = wrapper.findAll<HTMLInputElement>('input[type=radio]')
    expect(boxes.map(b => b.element.checked)).toEqual([true, false, false])
    await boxes[2]!.setValue()
    expect(wrapper.emitted('update:modelValue')).toEqual([[WAYS[2]]])
    expect(wrapper.findAll('label').map(l => l.text())).toEqual(WAYS.map(w => w.name))
  })
  it('is not asked where there is only one', () => {
    expect(shown(WAYS.slice(2)).find('input').exists()).toBe(false)
  })
})

describe('the code on a desktop', () => {
  const state = vi.spyOn(api, 'orderState')
  const says = (said: string) => ({ state: said }) as Awaited<ReturnType<typeof api.orderState>>
  beforeEach(() => { vi.useFakeTimers(); state.mockReset() })
  afterEach(() => { vi.useRealTimers() })
  const shown = () => mount(CodeSheet, { props: { code: 'weixin://wxpay/bizpayurl?pr=1', name: '微信扫码支付', order: 'P1', amount: '20.00' } })
  const passes = async (ms: number) => { await vi.advanceTimersByTimeAsync(ms); await flushPromises() }

  it('asks until the phone has paid, and then goes on once', async () => {
    state.mockResolvedValueOnce(says('paying')).mockRejectedValueOnce(new Error('offline')).mockResolvedValue(says('paid'))
    const wrapper = shown()
    await passes(8000)
    expect([state.mock.calls, wrapper.emitted('over')]).toEqual([[['P1'], ['P1']], undefined])
    await passes(60_000)
    expect([state.mock.calls.length, wrapper.emitted('over')]).toEqual([3, [[]]])
  })
  it('asks no more once it is closed, nor for ever', async () => {
    state.mockResolvedValue(says('paying'))
    const wrapper = shown()
    await passes(4000)
    wrapper.unmount()
    await passes(60_000)
    expect(state).toHaveBeenCalledTimes(1)
    state.mockClear()
    shown()
    await passes(3_600_000)
    expect(state.mock.calls.length).toBeLessThanOrEqual(75)
  })
  it('draws the channel’s own code, and names it for who cannot see it', () => {
    const picture = shown().get('img')
    expect(picture.attributes('src')).toMatch(/^data:image\/svg\+xml,/)
    expect(picture.attributes('alt')).toContain('微信扫码支付')
  })
})

describe('the way to the channel', () => {
  const submit = vi.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(() => undefined)
  afterEach(() => { submit.mockClear(); document.body.innerHTML = '' })

  it('posts every field of a form where the channel wants it, and nothing else', () => {
    expect(leaves({ kind: 'form', told: { url: 'https://gateway.example/front', orderId: '1', signature: '<"&' } })).toBe(true)
    const form = document.querySelector('form')!
    expect([form.method, form.action, submit.mock.calls.length]).toEqual(['post', 'https://gateway.example/front', 1])
    expect([...new FormData(form)]).toEqual([['orderId', '1'], ['signature', '<"&']])
  })
  it('stays where a code is to be scanned, or nothing is known', () => {
    expect([leaves({ kind: 'qr', told: { code: 'x' } }), leaves(null), leaves({ kind: 'params', told: { url: '' } })]).toEqual([false, false, false])
    expect(document.querySelector('form')).toBeNull()
  })
})

describe('what a paid bill was for', () => {
  it('is looked at where it goes on: its case, its parcel, or nowhere', () => {
    expect(whatFor({ source: 'cases', source_ref: '341602000000202611230001' })).toEqual({ to: '/cases/341602000000202611230001', name: '看办件进度' })
    expect(whatFor({ source: 'logistics', source_ref: '01a2087a-a7b5-74ec-bb8f-cfec327ab460:1' })).toEqual({ to: '/parcels/01a2087a-a7b5-74ec-bb8f-cfec327ab460', name: '看包裹进度' })
    expect(whatFor({ source: 'sys:housing', source_ref: '1' })).toBeNull()
  })
})
