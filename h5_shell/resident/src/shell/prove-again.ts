import { ApiProblem } from '@wanshi/client'
import { shallowRef } from 'vue'

/** The password asked once more, where a recent sign-in is needed; ProveAgainHost shows it. */
export const asked = shallowRef<{ answer: (proved: boolean) => void } | null>(null)

export function provenAgain(): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise(resolve => {
    asked.value = { answer: proved => { asked.value = null; resolve(proved) } }
  })
}
/** Do something that needs a recent sign-in: when it is refused for that, ask, and do it once more. */
export async function freshly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'grants.reauthentication_required') throw error
    if (!await provenAgain()) throw error
    return work()
  }
}
