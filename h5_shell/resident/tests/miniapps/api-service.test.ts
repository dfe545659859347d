import { ApiProblem } from '@wanshi/client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises } from '@vue/test-utils'
import * as api from '@/api/miniapps'
import { linesOf, useApiService } from '@/pieces/miniapps/api-service'
import { refusalOf } from '@/pieces/miniapps/refusals'
import { useSheets } from '@/pieces/miniapps/sheets'
import { launch, permission } from './launch'

const form = vi.spyOn(api, 'form')
const ask = vi.spyOn(api, 'ask')
vi.spyOn(api, 'consent').mockResolvedValue(undefined)
const FORM: api.ServiceForm = { title: '查余额', note: '', ui: {}, schema: { required: ['account'], properties: { account: { type: 'string', title: '账号', pattern: '^\\d+$' } } } }
const RESULT: api.ServiceResult = { kind: 'record', title: '账户', fields: [{ label: '余额', value: '1.00' }] }
const QUERY: api.ServiceCard = { key: 'balance', title: '查余额', summary: '', kind: 'query' }
const LIST: api.ServiceCard = { key: 'branches', title: '网点', summary: '', kind: 'list' }
/** As the container's: a refusal of the server comes in the bridge's words. */
const stepping = async <T>(work: () => Promise<T>) => { try { return await work() } catch (e) { throw refusalOf(e) } }
const made = (permissions: api.Permission[] = [], signedIn = true) => {
  const sheets = useSheets()
  const signIn = vi.fn()
  return { sheets, signIn, ...useApiService({ launch: launch({ mode: 'api', permissions }), sheets, stepping, signedIn: () => signedIn, signIn }) }
}
beforeEach(() => { form.mockReset().mockResolvedValue(FORM); ask.mockReset().mockResolvedValue(RESULT) })

describe('a service that joined as an API', () => {
  it('calls nothing for a stranger where it needs to know who is there', async () => {
    const it = made([permission('auth.ticket', { required: true })], false)
    await it.open(QUERY)
    expect([it.signIn.mock.calls.length, form.mock.calls.length, it.stage.value]).toEqual([1, 0, 'services'])
  })
  it('goes from its form to its result, and back to the filled form', async () => {
    const it = made()
    await it.open(QUERY)
    expect([it.stage.value, form.mock.calls[0]]).toEqual(['form', ['n1', 'balance', 'tok']])
    it.change(['account'], '12')
    await it.send()
    expect([it.stage.value, it.result.value, ask.mock.calls[0]]).toEqual(['result', RESULT, ['n1', 'balance', 'tok', { account: '12' }]])
    it.back()
    expect([it.stage.value, it.data.value]).toEqual(['form', { account: '12' }])
    it.back()
    expect(it.stage.value).toBe('services')
  })
  it('sends nothing that is plainly wrong, and says where', async () => {
    const it = made()
    await it.open(QUERY)
    await it.send()
    expect([Object.keys(it.errors), ask.mock.calls.length]).toEqual([['account'], 0])
    it.change(['account'], '1')
    expect(it.errors).toEqual({})
  })
  it('shows what the department refused beside the field, and keeps what was typed', async () => {
    ask.mockRejectedValue(new ApiProblem({ code: 'invalid', title: '没有查到', errors: [{ field: 'account', message: '没有这个账号' }] }, 422))
    const it = made()
    await it.open(QUERY)
    it.change(['account'], '9')
    await it.send()
    expect([it.stage.value, it.errors.account, it.failed.value, it.data.value, it.busy.value]).toEqual(['form', '没有这个账号', '没有查到', { account: '9' }, false])
  })
  it('shows a list at once and adds to it', async () => {
    ask.mockResolvedValueOnce({ kind: 'list', title: '网点', items: [{ title: '甲' }], next: 'p2' }).mockResolvedValueOnce({ kind: 'list', title: '网点', items: [{ title: '乙' }], next: null })
    const it = made()
    await it.open(LIST)
    await it.more()
    expect([it.result.value?.items?.map(i => i.title), it.result.value?.next, ask.mock.calls[1]?.[3], form.mock.calls.length]).toEqual([['甲', '乙'], null, { after: 'p2' }, 0])
  })
  it('asks first for what it cannot do without, and stays where it was after a no', async () => {
    const it = made([permission('auth.ticket', { required: true }), permission('device.geolocation')])
    const opening = it.open(QUERY)
    await flushPromises()
    expect(it.sheets.current.value?.kind).toBe('consent')
    it.sheets.settle(null)
    await opening
    expect([it.stage.value, it.failed.value, form.mock.calls.length]).toEqual(['services', '用户没有同意', 0])
  })
})

it('a single service that needs to know who asks may ask for that alone, once', async () => {
  ask.mockRejectedValueOnce(new ApiProblem({ code: 'miniapps.consent_needed' }, 409))
  const service = made([permission('auth.ticket')])
  const opening = service.open(LIST)
  await flushPromises()
  service.sheets.settle({ allow: true, remember: false })
  await opening
  expect([service.stage.value, ask.mock.calls.length]).toEqual(['result', 2])
})

it('a result is kept as lines', () => expect(linesOf({ ...RESULT, items: [{ title: '甲', summary: '乙', fields: [{ label: '丙', value: '丁' }] }] })).toBe('账户\n\n余额：1.00\n\n1. 甲\n乙\n丙：丁'))
