import { describe, expect, it } from 'vitest'
import { ApiProblem, chinese, offlineProblem, problemOf } from '../src/client/problem'

const kind = (status: number) => new ApiProblem({}, status).kind

describe('a refusal is sorted by what can be done about it', () => {
  it.each([[401, 'session'], [403, 'forbidden'], [404, 'missing'], [409, 'conflict'], [412, 'conflict'], [428, 'conflict'], [422, 'invalid'], [429, 'busy'], [500, 'down'], [503, 'down']])(
    '%i is %s', (status, wanted) => expect(kind(status)).toBe(wanted))
  it('a broken line is no refusal', () => expect(offlineProblem().kind).toBe('offline'))
  it('a fault of the page is told, never shown raw', () => {
    expect(problemOf(new TypeError('x is undefined'))).toMatchObject({ kind: 'down', message: '页面出了点问题，请刷新后再试' })
  })
})

describe('the sentence', () => {
  it('is the back end\'s own, with full-width marks', () => {
    expect(new ApiProblem({ title: '办件当前状态不能进行此操作,请刷新后再看' }, 409).message).toBe('办件当前状态不能进行此操作，请刷新后再看')
  })
  it('prefers what is particular to this occurrence', () => {
    expect(new ApiProblem({ title: '冲突', detail: '同事已受理' }, 409).message).toBe('同事已受理')
  })
  it('names every field that was wrong, once', () => {
    const errors = [{ field: 'reason', message: '太短,至少 2 个字' }, { field: 'x', message: '太短,至少 2 个字' }]
    expect(new ApiProblem({ title: '填写的内容有误', errors }, 422).message).toBe('填写的内容有误：太短，至少 2 个字')
  })
  it('says how long to wait', () => {
    expect(new ApiProblem({ title: '操作太频繁', retry_after_s: 30 }, 429).message).toBe('操作太频繁（约 30 秒后可再试）')
    expect(new ApiProblem({ title: '账号已锁定', retry_after_s: 870 }, 429).message).toBe('账号已锁定（约 15 分钟后可再试）')
  })
  it('is never empty', () => expect(new ApiProblem({}, 502).message).toBe('服务暂时不可用，请稍后再试'))
  it('leaves figures alone', () => expect(chinese('共 1,200 元,请核对')).toBe('共 1,200 元，请核对'))
})
