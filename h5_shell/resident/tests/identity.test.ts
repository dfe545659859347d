import { ApiProblem } from '@wanshi/client'
import { describe, expect, it } from 'vitest'
import type { Way } from '@/api/identity'
import { askedErrors, isOver, isPending, serverErrors, tidy } from '@/pieces/identity/certify'
import { loudness, RATE, wav } from '@/pieces/identity/wav'
import { choices, standing, wordsFor } from '@/pieces/identity/ways'
import { delegationErrors, delegationState, entryBody, entryErrors, blankEntry, today, until, type DelegationForm } from '@/pieces/organisations/entry'

const way = (code: string, more: Partial<Way> = {}): Way =>
  ({ code, name: code, family: 'f', family_name: 'F', tier: 2, enabled: true, needs_face: false, how: 'online', asks: [], ...more })

describe('the ways to a tier', () => {
  it('stand the quickest first, the window last, and lead to a page each', () => {
    const found = choices([way('realname_window', { how: 'window' }), way('alipay', { needs_face: true }), way('unionpay'), way('face_and_voice', { how: 'face' }), way('face_and_code', { how: 'face' })])
    expect(found.map(c => c.way.code)).toEqual(['face_and_code', 'unionpay', 'face_and_voice', 'alipay', 'realname_window'])
    expect(found.map(c => c.to)).toEqual(['/tier/face', '/tier/by/unionpay', '/tier/face?second=voice', '/tier/by/alipay', '/tier/window'])
  })
  it('leave out what staff switched off and what does not reach the tier', () => {
    expect(choices([way('unionpay', { enabled: false }), way('x', { tier: 1 })])).toEqual([])
  })
  it('have words even when a new one comes', () => expect(wordsFor({ code: 'brand_new' }).icon).toBe('shield'))
  it('tell when a proof runs out soon', () => {
    const now = Date.parse('2026-11-22T00:00:00Z')
    expect(standing({ expires_at: null }, now).words).toBe('长期有效')
    expect(standing({ expires_at: '2027-11-22T00:00:00Z' }, now)).toEqual({ words: '有效', tone: 'good' })
    expect(standing({ expires_at: '2026-12-02T00:00:00Z' }, now)).toEqual({ words: '还有 10 天', tone: 'wait' })
  })
})

describe('what a means asks for', () => {
  const fields = [{ name: 'card', title: '卡号', pattern: '^62[0-9]{3}$', hint: '' }, { name: 'phone', title: '手机号', pattern: '1\\d', hint: '' }]
  it('is checked as the server does, whole and not in part', () => {
    expect(askedErrors(fields, { card: '62123', phone: '13' })).toEqual({})
    expect(askedErrors(fields, { card: '6212', phone: '' })).toEqual({ card: '卡号格式不对，请逐位核对', phone: '请填写手机号' })
    expect(askedErrors(fields, { card: '62123', phone: '13x' })).toHaveProperty('phone')
  })
  it('takes the server’s findings to the right box', () => {
    const problem = new ApiProblem({ errors: [{ field: 'given.card', message: '不对' }] }, 422)
    expect(serverErrors(problem)).toEqual({ card: '不对' })
    expect(serverErrors(new Error('x'))).toEqual({})
    expect(tidy(' 6217 0000ah ')).toBe('62170000AH')
  })
  it('knows a try that is over from one that waits', () => {
    expect(isOver(new ApiProblem({ code: 'identity.certification_refused' }, 422))).toBe(true)
    expect(isPending(new ApiProblem({ code: 'identity.certification_pending' }, 409))).toBe(true)
    expect(isOver(new ApiProblem({ code: 'identity.certifier_unreachable' }, 503))).toBe(false)
  })
})

describe('a recording', () => {
  it('is a WAV of 16 bits, mono, 16 kHz, and clips instead of wrapping', async () => {
    const blob = wav(Float32Array.from([0, 0.5, 2, -2]))
    const view = new DataView(await blob.arrayBuffer())
    const text = (at: number) => String.fromCharCode(...new Uint8Array(view.buffer, at, 4))
    expect([text(0), text(8), text(36)]).toEqual(['RIFF', 'WAVE', 'data'])
    expect([view.getUint16(22, true), view.getUint32(24, true), view.getUint16(34, true)]).toEqual([1, RATE, 16])
    expect([view.getUint32(40, true), view.getUint32(4, true)]).toEqual([8, 44])
    expect([0, 1, 2, 3].map(i => view.getInt16(44 + i * 2, true))).toEqual([0, 16384, 32767, -32767])
  })
  it('shows silence as nothing and a shout as all', () => {
    expect(loudness(new Float32Array(64))).toBe(0)
    expect(loudness(new Float32Array(64).fill(0.9))).toBe(1)
  })
})

describe('registering an organisation', () => {
  const whole = { ...blankEntry(), credit_code: '91341602MADEM0011Y', name: ' 芍花药材有限公司 ', rep_name: '李明轩', rep_id: '341602199003074511' }
  it('needs every part, and the old number only well-formed', () => {
    expect(entryErrors(whole)).toEqual({})
    expect(Object.keys(entryErrors(blankEntry()))).toEqual(['credit_code', 'name', 'rep_name', 'rep_id'])
    expect(entryErrors({ ...whole, registration_no: '12' })).toHaveProperty('registration_no')
    expect(entryErrors({ ...whole, credit_code: '9134' }).credit_code).toBe('还差 14 位')
  })
  it('sends what was typed, tidied', () => {
    expect(entryBody(whole)).toMatchObject({ name: '芍花药材有限公司', registration_no: null, representative: { name: '李明轩', ethnic_group: '汉族' } })
  })
})

describe('a delegation', () => {
  const form = (more: Partial<DelegationForm> = {}): DelegationForm =>
    ({ name: '周浩然', id_number: '341602197805193310', every: true, items: [], begins_on: today(), ends_on: until(today(), 12), ...more })
  it('counts its days as people do', () => {
    expect(until('2026-11-22', 12)).toBe('2027-11-21')
    expect(until('2026-01-31', 1)).toBe('2026-02-27')
    expect(until('2026-11-01', 1)).toBe('2026-11-30')
  })
  it('has an end after its beginning, within three years', () => {
    expect(delegationErrors(form())).toEqual({})
    expect(delegationErrors(form({ ends_on: '2020-01-01' }))).toHaveProperty('ends_on')
    expect(delegationErrors(form({ ends_on: until(today(), 37) })).ends_on).toBe('授权最长三年')
    expect(delegationErrors(form({ every: false }))).toEqual({ items: '请至少选一个事项' })
  })
  it('counts only between its days and until it is taken back', () => {
    const d = { state: 'active', begins_on: '2026-01-01', ends_on: '2026-12-31' }
    expect(delegationState(d, '2026-12-31').live).toBe(true)
    expect(delegationState(d, '2027-01-01').name).toBe('已到期')
    expect(delegationState(d, '2025-12-31').name).toBe('未开始')
    expect(delegationState({ ...d, state: 'revoked' }, '2026-06-01').live).toBe(false)
  })
})
