import { shallowRef } from 'vue'

export interface Question { title: string; message: string; yes: string; no: string }
/** The question on the screen; ConfirmHost shows it. */
export const question = shallowRef<(Question & { answer: (yes: boolean) => void }) | null>(null)

export function confirmed(asked: Question): Promise<boolean> {
  question.value?.answer(false)
  return new Promise(resolve => {
    question.value = { ...asked, answer: yes => { question.value = null; resolve(yes) } }
  })
}
