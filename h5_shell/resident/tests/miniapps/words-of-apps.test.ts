import { ApiProblem } from '@wanshi/client'
import { describe, expect, it } from 'vitest'
import { failedOf } from '@/pieces/miniapps/failure'
import { learns } from '@/pieces/miniapps/fields'
import { outcomeWord } from '@/pieces/miniapps/outcomes'

describe('what an app learns', () => {
  it('is named field by field, and what it does not get as well', () => {
    const { told, withheld } = learns('auth.ticket', [{ key: 'openid', title: '应用内编号' }, { key: 'phone', title: '手机号' }])
    expect([told.map(f => f.title), withheld]).toEqual([['应用内编号', '手机号'], '姓名和身份证号'])
  })
  it('says of everything when everything is given', () => {
    expect(learns('auth.ticket', [{ key: 'name', title: '' }, { key: 'phone', title: '' }, { key: 'id_number', title: '' }]).withheld).toBe('')
  })
  it('is never the ticket’s fields for the page itself, and nothing with a position', () => {
    expect(learns('auth.user', [{ key: 'id_number', title: '身份证号' }]).told.map(f => f.title)).not.toContain('身份证号')
    expect(learns('device.geolocation', [{ key: 'phone', title: '手机号' }])).toEqual({ told: [], withheld: '' })
  })
})

it.each([
  [new ApiProblem({ code: 'client.offline' }), '网络连接不上', true], [new ApiProblem({ code: 'miniapps.suspended' }, 404), '这个应用暂时停用', false],
  [new ApiProblem({ code: 'miniapps.no_such_app' }, 404), '没有这个应用', false], [new ApiProblem({}, 500), '没有打开', true], [new TypeError(), '没有打开', true],
])('an app that did not open says why: %s', (error, title, again) => expect(failedOf(error)).toMatchObject({ title, again }))

it('a use that was let through reads as used', () => expect(['done', 'passed', 'refused', 'new'].map(outcomeWord)).toEqual(['uses.done', 'uses.done', 'uses.refused', 'uses.done']))
