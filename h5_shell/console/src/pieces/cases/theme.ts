import type { Answers } from '#console/api/window.ts'
import type { FieldError } from '#console/client/problem.ts'

/** A question as themes writes it; `when` is a condition that only the back end can read. */
export interface Question { code: string; text: string; kind: 'choice' | 'multi' | 'number' | 'text'; options: { value: string; label: string }[]; hint: string; least: number; most: number; required: boolean; when: string }

const empty = (answer: Answers[string] | undefined) => answer === undefined || answer === '' || (Array.isArray(answer) && !answer.length)
export function wrongAnswer(question: Question, answer: Answers[string] | undefined): string {
  if (empty(answer)) return question.required ? '请回答' : ''
  if (question.kind !== 'number') return ''
  return Number.isInteger(answer) && Number(answer) >= question.least && Number(answer) <= question.most ? '' : `请填写 ${question.least} 至 ${question.most} 之间的整数`
}

export const firstShown = (questions: Question[]) => questions.filter(q => !q.when).map(q => q.code)
export const said = (shown: string[], answers: Answers): Answers => Object.fromEntries(Object.entries(answers).filter(([code, answer]) => shown.includes(code) && !empty(answer)))

/** After a refusal: a hidden question that it misses appears, an answered one that it did not ask for goes. */
export function follow(questions: Question[], shown: string[], answers: Answers, errors: FieldError[]): string[] {
  const next = new Set(shown)
  for (const { field } of errors) {
    const question = questions.find(q => q.when && `answers.${q.code}` === field)
    if (!question) continue
    if (!next.has(question.code)) next.add(question.code)
    else if (!empty(answers[question.code]) && !wrongAnswer(question, answers[question.code])) next.delete(question.code)
  }
  return questions.map(q => q.code).filter(code => next.has(code))
}
