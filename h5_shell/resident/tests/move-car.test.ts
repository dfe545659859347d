import { describe, expect, it } from 'vitest'
import { answerable, headline, plateOf, plateWrong, reached, standing } from '@/pieces/move_car/plates'

describe('plates', () => {
  it('are read as people write them', () => {
    expect(['皖a·12345', '皖A 12345', '皖Ａ１２３４５', ' 皖a-D12345 '].map(plateOf)).toEqual(['皖A12345', '皖A12345', '皖A12345', '皖AD12345'])
  })
  it('follow the national patterns, and nothing else passes', () => {
    expect(['皖A12345', '皖AD12345', '皖A12345D', '京A1234学', '粤Z1234港'].map(plateWrong)).toEqual(['', '', '', '', ''])
    expect(['', '皖A1234', '皖A1234I', '皖I12345', '皖AZ12345', '12345', '皖A123456', '粤A1234港'].every(plateWrong)).toBe(true)
  })
})

describe('a request', () => {
  it('stands while an answer may come, and can be answered once', () => {
    expect(['waiting', 'answered', 'handed_over', 'moved', 'ended'].map(standing)).toEqual([true, true, false, false, false])
    expect([answerable({ state: 'waiting', answer: '' }), answerable({ state: 'handed_over', answer: '' }), answerable({ state: 'answered', answer: 'coming' }), answerable({ state: 'ended', answer: '' })]).toEqual([true, true, false, false])
  })
  it('says what the owner said, until the car is gone', () => {
    const said = { state_name: '车主已答复', answer_name: '马上到' }
    expect([headline({ ...said, state: 'answered' }), headline({ ...said, state: 'moved', state_name: '车辆已挪走' }), headline({ ...said, state: 'waiting', state_name: '等待', answer_name: '' })]).toEqual(['车主答复：马上到', '车辆已挪走', '等待'])
  })
  it('has gone up the ladder as far as its step', () => {
    expect(['message', 'sms', 'call', 'handed_over', ''].map(reached)).toEqual([0, 1, 2, 3, -1])
  })
})
