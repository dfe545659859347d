import { expect, it } from 'vitest'
import { holderTold, leaveForm, leaveStanding, leaveWanted, leaveWrongs, limitTold, listTold, nextTold, standingOf, stepsFor } from '../src/pieces/seals/words.ts'
import { derOf, pemOf } from '../src/shell/binary.ts'
import { homeFor, menuFor } from '../src/shell/menu.ts'

const ID = '01890000-0000-7000-8000-000000000001'

it('a keeper is offered only the steps of a keeper', () => {
  expect(stepsFor({ steps: ['approve', 'reject'] }, ['seal_keeper'])).toEqual([])
  expect(stepsFor({ steps: ['report_lost', 'retire', 'unheard_of'] }, ['seal_keeper'])).toEqual(['report_lost', 'retire'])
  expect(nextTold({ state: 'applied', steps: ['approve', 'reject'] }, ['seal_keeper'])).toBe('等印章主管审核通过或审核不通过')
  expect(nextTold({ state: 'recorded', steps: ['issue'] }, ['seal_keeper'])).toBe('等您发放')
  expect(nextTold({ state: 'destroyed', steps: [] }, ['seal_keeper'])).toBe('')
})
it('leave is not asked for with dates turned round or a code that is none', () => {
  const blank = leaveForm()
  expect(Object.values(leaveWrongs(blank)).some(Boolean)).toBe(false)
  expect(leaveWrongs({ ...blank, to: '2000-01-01' }).to).toContain('不能早于')
  expect(leaveWrongs({ ...blank, every: false, type: '123' }).type).not.toBe('')
  expect(leaveWrongs({ ...blank, kind: 'staff', staff: 'wang' }).staff).not.toBe('')
})
it('leave names a post, oneself or somebody else', () => {
  const blank = leaveForm()
  expect(leaveWanted(blank, ID)).toMatchObject({ holder: 'post:case_approver', document_type: '*', allowed: 0 })
  expect(leaveWanted({ ...blank, kind: 'me' }, ID).holder).toBe(`staff:${ID}`)
  expect([holderTold(`staff:${ID}`, ID), holderTold(`staff:${ID}`), holderTold('post:case_head')]).toEqual(['本人', '人员 01890000…', '机关负责人'])
})
it('leave that is over cannot be taken back', () => {
  const leave = { withdrawn_at: null, valid_from: '2026-01-01', valid_to: '2026-12-31', allowed: 0, used: 3 }
  expect(leaveStanding(leave, '2026-11-24')).toMatchObject({ name: '有效', live: true })
  expect(leaveStanding({ ...leave, allowed: 3 }, '2026-11-24')).toMatchObject({ name: '次数用完', live: false })
  expect(leaveStanding(leave, '2027-01-01').live).toBe(false)
  expect(leaveStanding({ ...leave, withdrawn_at: '2026-02-01T00:00:00Z' }, '2026-11-24').name).toBe('已收回')
  expect([limitTold(leave), limitTold({ allowed: 5, used: 3 })]).toEqual(['3 次，不限', '3 / 5 次'])
})
it('a list past its time is said to be so', () => {
  const now = new Date('2026-11-24T00:00:00Z')
  expect(listTold({ list_number: 3, list_until: '2026-11-23T00:00:00Z' }, now)).toEqual({ tone: 'bad', name: '第 3 号，已过期' })
  expect(listTold({ list_number: 0, list_until: null }, now).tone).toBe('wait')
  expect(standingOf('odd').name).toBe('odd')
})
it('a certificate is read from PEM and from DER alike', async () => {
  const der = new Uint8Array([0x30, 0x82, 1, 2, 3, 4])
  const base64 = btoa(String.fromCharCode(...der))
  expect(await derOf(new Blob([der]))).toBe(base64)
  expect(await derOf(new Blob([pemOf('CERTIFICATE', base64)]))).toBe(base64)
  expect(await derOf(new Blob(['just words']))).toBe('')
})
it('keepers of seals begin at the cabinet, keepers of licences at the licences', () => {
  expect([homeFor(['seal_authority']), homeFor(['licence_keeper'])]).toEqual(['/seals', '/licences'])
  expect(menuFor(['licence_keeper']).map(e => e.to)).not.toContain('/seals')
})
