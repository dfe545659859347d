import { ApiProblem } from '@wanshi/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as api from '@/api/themes'
import { tidyProject, useAsking, wrongAnswer } from '@/pieces/themes/asking'

const question = (code: string, more: Partial<api.Question> = {}): api.Question => ({ code, text: code, kind: 'choice', options: [{ value: 'shop', label: '超市' }, { value: 'office', label: '办公' }], required: true, hint: '', when: '', least: 0, most: 100, ...more })
const theme = (more: object = {}) => ({ code: 'company-start', version: 3, name: '企业开办', summary: '', audience: ['company'], parts: 7, project: false, outputs: [], basis: [],
  questions: [question('trade'), question('area', { kind: 'number', options: [], when: "trade == 'shop'" }), question('note', { kind: 'text', options: [], required: false, when: "trade == 'shop'" })], ...more }) as unknown as api.Theme
/** The server's part: it reads the condition, and names what it misses and what it did not ask. */
const server = async (_: string, asked: api.Asked) => {
  const shop = asked.answers.trade === 'shop'
  const errors = [
    ...(shop && asked.answers.area === undefined ? [{ field: 'answers.area', message: '请回答' }] : []),
    ...(shop ? [] : ['area', 'note'].filter(code => code in asked.answers).map(code => ({ field: `answers.${code}`, message: '没有这个问题' }))),
    ...(asked.answers.trade === undefined ? [{ field: 'answers.trade', message: '请回答' }] : []),
  ]
  if (errors.length) throw new ApiProblem({ code: 'kernel.invalid_input', errors }, 422)
  return { questions: shop ? ['trade', 'area', 'note'] : ['trade'], parts: [] } as unknown as api.Plan
}
const plan = vi.spyOn(api, 'plan')
beforeEach(() => { plan.mockReset().mockImplementation(server) })
afterEach(() => { vi.clearAllMocks() })
const codes = (a: ReturnType<typeof useAsking>) => a.questions.value.map(q => q.code)

describe('the questions of a theme', () => {
  it('begin with those that hang on nothing', () => {
    expect(codes(useAsking(theme(), () => '340100'))).toEqual(['trade'])
  })
  it('follow the answers, and forget what is not asked any more', async () => {
    const a = useAsking(theme(), () => '340100')
    await a.answer('trade', 'shop')
    expect(codes(a)).toEqual(['trade', 'area'])
    await a.answer('area', 60)
    expect(codes(a)).toEqual(['trade', 'area', 'note'])
    await a.answer('trade', 'office')
    expect([codes(a), a.wanted().answers]).toEqual([['trade'], { trade: 'office' }])
  })
  it('are not left while one is open, and the server is not asked', async () => {
    const a = useAsking(theme(), () => '340100')
    expect([await a.next(), a.errors.value, plan.mock.calls.length]).toEqual([false, { trade: '请选择' }, 0])
    await a.answer('trade', 'shop')
    await a.answer('area', 101)
    expect([await a.next(), a.errors.value]).toEqual([false, { area: '请填写 0 至 100 之间的整数' }])
  })
  it('lead to the plan for this place and version', async () => {
    const a = useAsking(theme(), () => '341600')
    await a.answer('trade', 'office')
    expect([await a.next(), a.plan.value?.questions, plan.mock.calls.at(-1)?.[1]]).toEqual([true, ['trade'], { region: '341600', version: 3, project_code: '', answers: { trade: 'office' } }])
  })
  it('say what the server says, beside the question or above all', async () => {
    const a = useAsking(theme({ questions: [question('trade')] }), () => '340100')
    await a.answer('trade', 'shop')
    plan.mockRejectedValueOnce(new ApiProblem({ errors: [{ field: 'answers.trade', message: '请从选项中选择' }] }, 422))
    expect([await a.next(), a.errors.value, a.trouble.value]).toEqual([false, { trade: '请从选项中选择' }, ''])
    plan.mockRejectedValueOnce(new ApiProblem({ code: 'themes.not_here', title: '这里还不能办' }, 409))
    expect([await a.next(), a.trouble.value, a.busy.value]).toEqual([false, '这里还不能办', false])
  })
  it('keep the last answer when an older one comes back late', async () => {
    const a = useAsking(theme(), () => '340100')
    let late!: (plan: api.Plan) => void
    plan.mockImplementationOnce(() => new Promise(resolve => { late = resolve }))
    const first = a.answer('trade', 'shop')
    await a.answer('trade', 'office')
    late({ questions: ['trade', 'area', 'note'] } as unknown as api.Plan)
    await first
    expect(codes(a)).toEqual(['trade'])
  })
  it('end even if the server changes its mind for ever', async () => {
    const a = useAsking(theme({ questions: [question('trade', { when: 'x' })] }), () => '340100')
    plan.mockRejectedValue(new ApiProblem({ errors: [{ field: 'answers.trade', message: '?' }] }, 422))
    await a.answer('trade', 'shop')
    expect(plan.mock.calls.length).toBeLessThan(4)
  })
})

describe('an answer', () => {
  it('may be left out only when it is not required', () => {
    expect([wrongAnswer(question('q'), undefined), wrongAnswer(question('q', { kind: 'text' }), ''), wrongAnswer(question('q', { kind: 'multi', required: false }), [])]).toEqual(['请选择', '请填写', ''])
    expect([1.5, -1, '12x', 0].map(v => wrongAnswer(question('q', { kind: 'number' }), v))).toEqual([...Array.from({ length: 3 }, () => '请填写 0 至 100 之间的整数'), ''])
  })
  it('of a project code has its lines, also when they were left out', () => {
    expect(['26033401000401123456', ' 2603-340100-04-01-123456 ', '2603 340100 04 01 123456'].map(tidyProject)).toEqual(Array.from({ length: 3 }, () => '2603-340100-04-01-123456'))
    expect(tidyProject('12 34')).toBe('12 34')
  })
  it('of a project is asked for before the server is', async () => {
    plan.mockResolvedValue({ questions: [] } as unknown as api.Plan)
    const a = useAsking(theme({ project: true, questions: [] }), () => '340100')
    a.project.value = '2603-340100'
    expect([await a.next(), Object.keys(a.errors.value), plan.mock.calls.length]).toEqual([false, ['project_code'], 0])
    a.project.value = '26033401000401123456'
    expect([await a.next(), plan.mock.calls[0]?.[1].project_code]).toEqual([true, '2603-340100-04-01-123456'])
  })
})
