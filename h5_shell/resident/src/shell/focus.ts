import { nextTick } from 'vue'

/** After a refused form: the first box that is wrong gets the focus, and its finding is read out. */
export async function toFirstWrong() {
  await nextTick()
  const first = document.querySelector<HTMLElement>('[aria-invalid="true"]')
  first?.focus()
  first?.scrollIntoView({ block: 'center' })
}
