import { ApiProblem, messageOf } from '@wanshi/client'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/themes'

export const empty = (answer: api.Answer | undefined): boolean => answer === undefined || answer === '' || (Array.isArray(answer) && !answer.length)
/** What is wrong with an answer, in a sentence; the server judges again. */
export function wrongAnswer(question: api.Question, answer: api.Answer | undefined): string {
  if (empty(answer)) return question.required ? (question.kind === 'choice' || question.kind === 'multi' ? '请选择' : '请填写') : ''
  if (question.kind === 'number' && !(Number.isInteger(answer) && Number(answer) >= question.least && Number(answer) <= question.most)) {
    return `请填写 ${question.least} 至 ${question.most} 之间的整数`
  }
  return ''
}
const PROJECT = /^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$/
/** The national project code: with its lines, which people leave out. */
export function tidyProject(typed: string): string {
  const digits = typed.replace(/[\s-]/g, '')
  return /^\d{20}$/.test(digits) ? [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10, 12), digits.slice(12, 14), digits.slice(14)].join('-') : typed.trim()
}

/**
 * The questions of a theme. Which of them are asked depends on the answers, by conditions that only the
 * server can read: it names a hidden question it misses, and one it did not ask for.
 */
export function useAsking(theme: api.Theme, region: () => string) {
  const answers = ref<api.Answers>({})
  const project = ref('')
  const errors = ref<Record<string, string>>({})
  const trouble = ref('')
  const busy = ref(false)
  const plan = shallowRef<api.Plan | null>(null)
  const shown = ref(new Set(theme.questions.filter(q => !q.when).map(q => q.code)))
  const questions = computed(() => theme.questions.filter(q => shown.value.has(q.code)))
  let turn = 0

  const wanted = (): api.Asked => ({
    region: region(), version: theme.version, project_code: theme.project ? tidyProject(project.value) : '',
    answers: Object.fromEntries(questions.value.map(q => [q.code, answers.value[q.code]]).filter((pair): pair is [string, api.Answer] => !empty(pair[1] as api.Answer | undefined))),
  })
  /** Shows what the server misses and hides what it does not ask for; answers whether anything moved. */
  function follow(error: ApiProblem): boolean {
    const next = new Set(shown.value)
    for (const { field } of error.errors) {
      const question = theme.questions.find(q => `answers.${q.code}` === field)
      if (!question?.when) continue
      if (!next.has(question.code)) next.add(question.code)
      else if (!wrongAnswer(question, answers.value[question.code]) && !empty(answers.value[question.code])) next.delete(question.code)
    }
    return settle(next)
  }
  function settle(next: Set<string>): boolean {
    const moved = next.size !== shown.value.size || [...next].some(code => !shown.value.has(code))
    if (moved) shown.value = next
    return moved
  }
  async function asked(): Promise<api.Plan | null> {
    const mine = ++turn
    // Each round shows or hides at least one question, so it ends.
    for (let round = 0; round <= theme.questions.length; round++) {
      try {
        const found = await api.plan(theme.code, wanted())
        return mine === turn ? found : null
      } catch (error) {
        if (mine !== turn) return null
        if (!(error instanceof ApiProblem && error.status === 422 && follow(error))) throw error
      }
    }
    return null
  }
  /** After an answer: which questions come with it. What fails here is told when the person goes on. */
  async function answer(code: string, value: api.Answer) {
    answers.value = { ...answers.value, [code]: value }
    errors.value = { ...errors.value, [code]: '' }
    if (!theme.questions.some(q => q.when)) return
    const found = await asked().catch(() => null)
    if (found) settle(new Set(found.questions))
  }
  function findings(): Record<string, string> {
    const found = Object.fromEntries(questions.value.map(q => [q.code, wrongAnswer(q, answers.value[q.code])]).filter(([, told]) => told))
    return theme.project && !PROJECT.test(tidyProject(project.value)) ? { ...found, project_code: '项目代码是 24 位，像 2603-340100-04-01-123456' } : found
  }
  /** Asks for the plan; answers whether it is there to be shown. */
  async function next(): Promise<boolean> {
    trouble.value = ''
    errors.value = findings()
    if (Object.keys(errors.value).length) return false
    busy.value = true
    try {
      const found = await asked()
      if (found && settle(new Set(found.questions))) return false
      plan.value = found
      errors.value = findings()
      return found !== null
    } catch (error) {
      const told = error instanceof ApiProblem ? error.byField() : {}
      errors.value = Object.fromEntries(Object.entries(told).map(([field, message]) => [field.replace(/^answers\./, ''), message]))
      if (!Object.keys(errors.value).length || told.region) trouble.value = told.region ?? messageOf(error)
      return false
    } finally {
      busy.value = false
    }
  }
  return { answers, project, errors, trouble, busy, plan, questions, answer, next, wanted }
}
