import { ApiProblem } from '@wanshi/client'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import * as api from '@/api/cases'
import { useDraft } from '@/pieces/cases/draft'

const stored = (version: number, data: object, more: object = {}) => ({
  id: 'd', item_code: 'i', item_name: '申请', version, channel: 'app', data, sources: {}, missing: {}, materials: [],
  schema: { properties: { kind: { type: 'string', title: '种类' }, more: { type: 'string', title: '说明' } }, required: ['kind'] }, ui_schema: {},
  layout: { type: 'VerticalLayout', elements: [{ type: 'Control', scope: '#/properties/kind' }, { type: 'Control', scope: '#/properties/more', rule: { effect: 'SHOW', condition: { scope: '#/properties/kind', schema: { const: '其他' } } } }] },
  ...more,
}) as unknown as api.Draft
const read = vi.spyOn(api, 'draft')
const save = vi.spyOn(api, 'saveDraft')
beforeEach(() => {
  vi.useFakeTimers()
  read.mockReset().mockResolvedValue(stored(1, { kind: '一般' }))
  save.mockReset().mockImplementation(async (_, data, version) => stored(version + 1, data))
})
afterEach(() => { vi.useRealTimers() })

async function open() {
  let made!: ReturnType<typeof useDraft>
  const wrapper = mount(defineComponent({ setup() { made = useDraft('d'); return () => null } }))
  await flushPromises()
  return { d: made, close: () => wrapper.unmount() }
}

describe('a draft', () => {
  it('saves what the page asks for, and not what is hidden again', async () => {
    const { d, close } = await open()
    d.change(['kind'], '其他')
    d.change(['more'], '补充')
    await d.flush()
    d.change(['kind'], '一般')
    await d.flush()
    expect(save.mock.calls.map(c => [c[1], c[2]])).toEqual([[{ kind: '其他', more: '补充' }, 1], [{ kind: '一般' }, 2]])
    expect(d.savedAt.value).toBeInstanceOf(Date)
    close()
  })
  it('shows what was saved elsewhere and lets the person choose', async () => {
    const { d, close } = await open()
    save.mockRejectedValueOnce(new ApiProblem({ code: 'kernel.stale' }, 412))
    read.mockResolvedValue(stored(7, { kind: '窗口填的' }))
    d.change(['kind'], '我填的')
    await d.flush()
    expect([d.state.value, d.newer.value?.data, d.values.value]).toEqual(['conflict', { kind: '窗口填的' }, { kind: '我填的' }])
    await d.settle(true)
    expect([save.mock.calls.at(-1)?.slice(1), d.newer.value, d.state.value]).toEqual([[{ kind: '我填的' }, 7], null, 'saved'])
    save.mockRejectedValueOnce(new ApiProblem({ code: 'kernel.stale' }, 412))
    d.change(['kind'], '又一次')
    await d.flush()
    await d.settle(false)
    expect([d.values.value, save.mock.calls.length]).toEqual([{ kind: '窗口填的' }, 3])
    close()
  })
  it('asks again while the machine looks at a paper, and then no more', async () => {
    const looking = (state: string) => stored(1, {}, { materials: [{ code: 'c', name: '合同', required: true, hint: '', file: null, check: { state, state_name: '', ahead: 1, passed: null, findings: [] } }] })
    read.mockResolvedValueOnce(looking('waiting')).mockResolvedValueOnce(looking('reading')).mockResolvedValue(looking('done'))
    const { d, close } = await open()
    await vi.advanceTimersByTimeAsync(20_000)
    expect([read.mock.calls.length, d.draft.value?.materials[0]?.check?.state]).toEqual([3, 'done'])
    close()
  })
  it('shows the server’s finding beside its field', async () => {
    const { d, close } = await open()
    save.mockRejectedValueOnce(new ApiProblem({ code: 'kernel.invalid', errors: [{ field: 'kind', message: '不在可选范围内' }] }, 422))
    d.change(['kind'], '错')
    await d.flush()
    expect([d.state.value, d.errors.value.kind]).toEqual(['failed', '不在可选范围内'])
    d.change(['kind'], '一般')
    expect(d.errors.value.kind).toBeUndefined()
    close()
  })
})
