import { ApiProblem } from '@wanshi/client'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as api from '@/api/bundles'
import type { Draft } from '@/api/cases'
import * as caseApi from '@/api/cases'
import LicenceQuestionPage from '@/pages/cases/LicenceQuestionPage.vue'
import { amounts, bundleStore, lastDay, onShelf, outputLost, partTone, sheetOf, slowest, taskReady, turnsOf, waitsFor } from '@/pieces/cases/bundle'
import BundleProgress from '@/pieces/cases/BundleProgress.vue'
import { wrongRecipient } from '@/pieces/cases/recipient'
import { question } from '@/shell/confirm'

const part = (code: string, after: string[] = [], more: object = {}) =>
  ({ code, item_code: `i-${code}`, item_name: code.toUpperCase(), department: '局', after, days: 3, unit: 'workday', state: 'waiting', state_name: '等待前置事项', case_no: null, held_up: '', promised_at: null, closed_at: null, ...more }) as api.Piece
const paper = (key: string, more: object = {}) => ({ key, required: true, parts: ['甲', '乙'], material: { code: 'own', name: '照片', required: false, hint: '', file: null, files: [], max_files: 5, ...more } })
const bundle = (more: object = {}) => ({
  bundle_no: 'n1', name: '迁居一件事', state: 'running', state_name: '办理中', due_on: '2026-12-15', parts: 3, over: 0, template: 't', applicant: '王*兰', lead_name: '公安局', mode_name: '一般联办件',
  refusal: '继续办理', project_code: '', due_path: ['b', 'c'], due_provisional: false, extension: null, steps: [], pieces: [part('a', [], { state: 'running', case_no: 'c1' }), part('b', [], { state: 'running' }), part('c', ['a', 'b'])],
  tasks: [], outputs: [], sessions: [], parcel: '', filling: null, can: ['withdraw'], version: 4, ...more,
}) as unknown as api.Bundle
const filling = (more: object = {}) => ({ schema: { properties: {} }, ui_schema: {}, data: { x: 1 }, sources: {}, papers: [paper('k')], ...more })
const global = { stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' } } }
afterEach(() => { vi.restoreAllMocks() })

describe('the parts of a bundle', () => {
  it('stand together when they begin together, after all that they wait for', () => {
    const turns = turnsOf([part('c', ['a', 'b']), part('a'), part('d', ['c']), part('b', ['a']), part('e')])
    expect(turns.map(turn => turn.map(p => p.code))).toEqual([['a', 'e'], ['b'], ['c'], ['d']])
  })
  it('that go in a circle or wait for a stranger do not hang the page', () => {
    expect(turnsOf([part('a', ['b']), part('b', ['a']), part('c', ['nobody'])]).flat().map(p => p.code).sort()).toEqual(['a', 'b', 'c'])
    expect(turnsOf([])).toEqual([])
  })
  it('are told in plain words', () => {
    const pieces = bundle().pieces
    expect(waitsFor(pieces[2]!, pieces)).toBe('A、B办好后开始')
    expect([waitsFor(pieces[0]!, pieces), slowest(['b', 'c'], pieces), slowest(['b'], pieces)]).toEqual(['', 'B → C', ''])
    expect([lastDay('2099-12-15'), lastDay(null)]).toEqual(['最晚 2099年12月15日（周二）全部办完', ''])
    expect(amounts([{ name: '营业执照', quantity: 1, unit: '本' }, { name: '印章', quantity: 5, unit: '枚' }])).toBe('营业执照 1 本，印章 5 枚')
  })
  it('that are held up or lost look different from those that run', () => {
    expect(['waiting', 'running', 'approved', 'refused', 'ended'].map(state => partTone({ state, held_up: '' }))).toEqual(['plain', 'info', 'good', 'bad', 'bad'])
    expect(partTone({ state: 'waiting', held_up: '有一件正在办' })).toBe('wait')
  })
  it('let a task be confirmed only when what it waits for is approved, and once', () => {
    const task = { code: 't', name: '上门', after: ['a'], done_at: null }
    const done = (state: string) => bundle({ pieces: [part('a', [], { state })] })
    expect([taskReady(task, done('running')), taskReady(task, done('approved')), taskReady({ ...task, done_at: '2026-11-23' }, done('approved')), taskReady(task, { ...done('approved'), state: 'stopped' })]).toEqual([false, true, false, false])
  })
  it('that were lost bring no output', () => {
    const outputs = ['refused', 'skipped', 'approved', 'running'].map(state => outputLost({ name: '证', quantity: 1, unit: '本', part: 'a' }, [part('a', [], { state })]))
    expect([outputs, outputLost({ name: '证', quantity: 1, unit: '本', part: '' }, [part('a')])]).toEqual([[true, true, false, false], false])
  })
})

describe('a bundle in the list of cases', () => {
  it('stands where its state belongs', () => {
    const shelves = (state: string) => (['all', 'mine', 'open', 'over'] as const).filter(s => onShelf(bundle({ state }), s))
    expect(['draft', 'running', 'finished', 'stopped'].map(shelves)).toEqual([['all', 'mine'], ['all', 'open'], ['all', 'over'], ['all', 'over']])
  })
})

describe('the one form', () => {
  it('asks for every paper of the pool under its key, as the pool requires it, and takes one file', () => {
    const sheet = sheetOf(bundle({ filling: filling({ papers: [paper('k', { commitment: { text: '承诺', agreed_at: null }, offered: { number: '1' } })] }) }))
    expect(sheet.materials[0]).toMatchObject({ code: 'k', required: true, max_files: 1, offered: undefined, commitment: undefined })
    expect([sheet.item_name, sheet.version, sheet.data]).toEqual(['迁居一件事', 4, { x: 1 }])
  })
  it('is read once when the page has it already, then asked for again, and saved with its version', async () => {
    const one = vi.spyOn(api, 'one').mockResolvedValue(bundle({ version: 9, filling: filling() }))
    const save = vi.spyOn(api, 'save').mockResolvedValue(bundle({ version: 5, filling: filling() }))
    const store = bundleStore('n1', bundle({ filling: filling() }))
    expect([(await store.read()).version, one.mock.calls.length, (await store.read()).version, one.mock.calls.length]).toEqual([4, 0, 9, 1])
    expect((await store.save({ y: 2 }, 4)).version).toBe(5)
    expect(save).toHaveBeenCalledWith('n1', { y: 2 }, 4)
  })
  it('does not exist any more when it was handed in', async () => {
    vi.spyOn(api, 'one').mockResolvedValue(bundle())
    await expect(bundleStore('n1').read()).rejects.toThrow()
  })
  it('is not sent to half an address', () => {
    expect(Object.keys(wrongRecipient({ name: ' ', phone: '1380000', address: '合肥' }))).toEqual(['name', 'phone', 'address'])
    expect(wrongRecipient({ name: '王秀兰', phone: '13800001111', address: '合肥市测试路 1 号' })).toEqual({})
  })
})

describe('a bundle under way', () => {
  it('says why a part did not start, and starts it when asked', async () => {
    const held = bundle({ pieces: [part('a', [], { held_up: '同一事项正在办理' })] })
    const start = vi.spyOn(api, 'start').mockResolvedValue(bundle())
    const page = mount(BundleProgress, { props: { bundle: held }, global })
    expect(page.text()).toContain('没能开始：同一事项正在办理')
    await page.findAll('button').find(b => b.text() === '重新启动')!.trigger('click')
    await flushPromises()
    expect([start.mock.calls, page.emitted('changed')?.[0]]).toEqual([[['n1', 'a']], [bundle()]])
  })
  it('is taken back only after a yes, with the version that was read', async () => {
    const withdraw = vi.spyOn(api, 'withdraw').mockRejectedValue(new ApiProblem({ code: 'kernel.stale' }, 412))
    const page = mount(BundleProgress, { props: { bundle: bundle() }, global })
    const press = () => page.findAll('button').find(b => b.text() === '撤回这件事')!.trigger('click')
    await press()
    question.value!.answer(false)
    await flushPromises()
    expect(withdraw).not.toHaveBeenCalled()
    await press()
    question.value!.answer(true)
    await flushPromises()
    expect([withdraw.mock.calls, page.emitted('changed')]).toEqual([[['n1', 4]], undefined])
  })
  it('offers a rating of what was approved only when all of it is over', () => {
    const links = (state: string) => mount(BundleProgress, { props: { bundle: bundle({ state, can: [], pieces: [part('a', [], { state: 'approved', case_no: 'c1' }), part('b', [], { state: 'refused', case_no: 'c2' })] }) }, global }).findAll('a').map(a => a.attributes('href'))
    expect([links('running'), links('finished')]).toEqual([['/cases/c1', '/cases/c2'], ['/cases/c1', '/cases/c1/rating', '/cases/c2']])
  })
})

describe('a window that asks for a licence', () => {
  const draft = (offered: object | undefined) => ({ id: 'd', item_name: '公租房', materials: [{ code: 'm', name: '居住证明', offered }] }) as unknown as Draft
  const offered = { name: '居住证', number: 'J1', asked_by: '谯城区窗口' }
  const read = vi.spyOn(caseApi, 'draft')
  beforeEach(() => { read.mockReset() })
  const open = async (found: Draft, code = 'm') => {
    vi.spyOn(caseApi, 'draft').mockResolvedValue(found)
    const page = mount(LicenceQuestionPage, { props: { id: 'd', code }, global: { stubs: { ...global.stubs, PageFrame: { template: '<div><slot /></div>' } } } })
    await flushPromises()
    return page
  }
  it('is named with what it wants, and answered under the number that was shown', async () => {
    const answer = vi.spyOn(caseApi, 'answerLicence').mockResolvedValue(draft(undefined))
    const page = await open(draft(offered))
    for (const word of ['谯城区窗口', '居住证', 'J1', '公租房', '居住证明']) expect(page.text()).toContain(word)
    await page.findAll('button').find(b => b.text() === '不同意')!.trigger('click')
    await flushPromises()
    expect([answer.mock.calls, page.text()]).toEqual([[['d', 'm', 'J1', false]], expect.stringContaining('已拒绝')])
  })
  it('stays unanswered when the answer did not arrive', async () => {
    vi.spyOn(caseApi, 'answerLicence').mockRejectedValue(new ApiProblem({ title: '这张证照已失效' }, 409))
    const page = await open(draft(offered))
    await page.findAll('button').find(b => b.text() === '同意')!.trigger('click')
    await flushPromises()
    expect([page.text().includes('这张证照已失效'), page.text().includes('已同意')]).toEqual([true, false])
  })
  it('asks nothing when the question was taken back', async () => {
    expect((await open(draft(undefined))).text()).toContain('现在没有要您回答的')
    expect((await open(draft(offered), 'other')).text()).toContain('现在没有要您回答的')
  })
})
