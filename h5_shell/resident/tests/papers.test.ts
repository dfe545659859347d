import { mount, flushPromises } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import type { DraftMaterial } from '@/api/cases'
import MaterialCard from '@/form/MaterialCard.vue'
import { lookOf, standing, stands } from '@/pieces/cases/papers'

const file = { id: 'f1', name: 'a.jpg', size: 1000, preview_url: '/a' }
const paper = (more: Partial<DraftMaterial> = {}): DraftMaterial => ({ code: 'c', name: '劳动合同', required: true, hint: '签字页', file: null, files: [], kinds: ['picture'], max_files: 2, ...more })
const given = { name: '结婚证', number: '1', as_of: '2026-11-23' }
const check = (more: object) => ({ state: 'done' as const, state_name: '', ahead: 0, passed: null, findings: [], ...more })

describe('a paper', () => {
  it('stands by a file, a licence, a department’s answer or a promise, and by nothing else', () => {
    const promise = (agreed_at: string | null) => paper({ commitment: { text: '承诺', sha256: 'x', agreed_at } })
    const all = [paper(), paper({ offered: { ...given, asked_by: '窗口' } }), promise(null), paper({ file }), paper({ licence: given }), paper({ fetched: given }), promise('2026-11-23T00:00:00Z')]
    expect(all.map(stands)).toEqual([false, false, false, true, true, true, true])
    expect(all.slice(3).map(standing)).toEqual(['已上传', '用证照代替', '部门已核对', '已承诺'])
  })
  it('says in plain words what the machine saw', () => {
    const look = (more: object) => lookOf(paper({ file, check: check(more) }))
    expect(look({ state: 'waiting', ahead: 4 })?.text).toContain('前面还有 4 份')
    expect(look({ state: 'failed' })?.text).toContain('不影响提交')
    expect(look({ passed: false, findings: [{ code: 'blurred', message: '不清晰', reshoot: true }] })).toMatchObject({ text: '看不清，请重拍', findings: ['不清晰'], reshoot: true })
    expect(look({ passed: false, findings: [{ code: 'name_absent', message: '没有找到姓名', reshoot: false }] })?.text).toBe('请再看一眼')
    expect([look({ passed: true })?.tone, lookOf(paper({ check: check({ passed: true }) }))]).toEqual(['good', null])
  })
})

describe('the card of a paper', () => {
  const shown = (material: DraftMaterial, more: object = {}) => mount(MaterialCard, { props: { material, put: vi.fn(async () => undefined), ...more }, global: { plugins: [createPinia()] }, attachTo: document.body })
  const choose = async (wrapper: ReturnType<typeof shown>, at: number, files: File[]) => {
    const input = wrapper.findAll<HTMLInputElement>('input[type=file]')[at]!
    Object.defineProperty(input.element, 'files', { value: files, configurable: true })
    await input.trigger('change')
    await flushPromises()
  }
  it('replaces what was there with the first file and adds the others behind it', async () => {
    const put = vi.fn(async () => undefined)
    const wrapper = shown(paper(), { put })
    await choose(wrapper, 1, [new File(['a'], 'a.jpg', { type: 'image/jpeg' }), new File(['b'], 'b.jpg', { type: 'image/jpeg' }), new File(['c'], 'c.jpg', { type: 'image/jpeg' })])
    // Two fit; the third is left out.
    expect(put.mock.calls.map(c => (c as unknown[]).slice(1, 3))).toEqual([['a.jpg', false], ['b.jpg', true]])
    wrapper.unmount()
  })
  it('refuses what is too large before it is sent', async () => {
    const put = vi.fn(async () => undefined)
    const wrapper = shown(paper({ kinds: ['pdf'] }), { put })
    await choose(wrapper, 2, [new File([new Uint8Array(8 * 1024 * 1024 + 1)], 'big.pdf', { type: 'application/pdf' })])
    expect([put.mock.calls.length, wrapper.text()]).toEqual([0, expect.stringContaining('要小于 8 MB')])
    wrapper.unmount()
  })
  it('lets a promise be given only after its very text was shown and agreed to', async () => {
    const commit = vi.fn(async () => undefined)
    const wrapper = shown(paper({ commitment: { text: '本人承诺属实', sha256: 'abc', agreed_at: null } }), { commit })
    expect(wrapper.text()).not.toContain('本人承诺属实')
    await wrapper.findAll('button').find(b => b.text().includes('用承诺代替'))!.trigger('click')
    const yes = wrapper.findAll('button').find(b => b.text() === '我承诺')!
    expect([wrapper.text().includes('本人承诺属实'), yes.attributes('disabled') !== undefined]).toEqual([true, true])
    await wrapper.find('input[type=checkbox]').setValue(true)
    await yes.trigger('click')
    expect(commit.mock.calls).toEqual([['abc']])
    wrapper.unmount()
  })
  it('asks for nothing where a licence stands', () => {
    const wrapper = shown(paper({ licence: given }))
    expect([wrapper.findAll('input[type=file]').length, wrapper.text().includes('不用上传')]).toEqual([0, true])
    wrapper.unmount()
  })
})
