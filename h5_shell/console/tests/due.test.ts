import { describe, expect, it } from 'vitest'
import { dueWords, type Dated } from '../src/pieces/cases/due'

// Sunday evening in UTC is Monday morning at the desk.
const now = new Date('2026-11-22T17:00:00Z')
const found = (more: Partial<Dated>): Dated => ({ state: 'accepted', submitted_at: '2026-11-16T02:00:00Z', due_on: null, days_left: null, ...more })
const said = (more: Partial<Dated>) => dueWords(found(more), now)

describe('while the clock runs', () => {
  it('counts in days where the calendar counts the same', () => {
    expect(said({ due_on: '2026-11-26', days_left: 3 })).toEqual({ text: '剩 3 天', by: '11月26日前', tone: 'plain' })
  })
  it('names working days where the calendar counts otherwise', () => {
    expect(said({ due_on: '2026-12-01', days_left: 6 }).text).toBe('剩 6 个工作日')
  })
  it('warns two days before, in words and tone', () => {
    expect(said({ due_on: '2026-11-25', days_left: 2 })).toMatchObject({ text: '剩 2 天', tone: 'wait' })
  })
  it('says when it is the last day, by the province\'s date and not by UTC', () => {
    expect(said({ due_on: '2026-11-23', days_left: 0 })).toMatchObject({ text: '今天到期', tone: 'bad' })
  })
  it('says by how much it is late', () => {
    expect(said({ due_on: '2026-11-20', days_left: -1 })).toMatchObject({ text: '已超期 1 个工作日', tone: 'bad' })
    expect(said({ due_on: '2026-11-20', days_left: -3 }).text).toBe('已超期 3 天')
  })
  it('names the year where it is another one', () => {
    expect(said({ due_on: '2027-01-08', days_left: 46 }).by).toBe('2027年1月8日前')
  })
})

describe('before acceptance', () => {
  it('says how long the applicant has waited', () => {
    expect(said({ state: 'submitted', submitted_at: '2026-11-22T16:30:00Z' })).toEqual({ text: '今天提交', by: '', tone: 'plain' })
    expect(said({ state: 'submitted', submitted_at: '2026-11-20T03:00:00Z' })).toMatchObject({ text: '已等 3 天', tone: 'plain' })
  })
  it('warns before silence counts as acceptance', () => {
    expect(said({ state: 'submitted', submitted_at: '2026-11-17T03:00:00Z' })).toEqual({ text: '已等 6 天', by: '临近视为受理', tone: 'wait' })
  })
})

it('tells who is waited for while no clock runs', () => {
  expect(said({ state: 'correction_asked' }).text).toBe('等申请人补正')
  expect(said({ state: 'fee_due' }).text).toBe('等申请人缴费')
  expect(said({ state: 'closed', due_on: '2026-11-20' }).text).toBe('')
})
