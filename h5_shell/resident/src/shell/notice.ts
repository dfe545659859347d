import { messageOf } from '@wanshi/client'
import { ref } from 'vue'

const SHOWN_MS = 3200
/** A sentence said just before a page changes belongs to the next page; an older one to the last. */
const CARRIED_MS = 800
/** The one passing sentence on the screen; NoticeHost shows it and screen readers hear it. */
export const notice = ref('')
let timer = 0
let since = 0

export function tell(message: string) {
  clearTimeout(timer)
  since = Date.now()
  notice.value = message
  timer = window.setTimeout(() => { notice.value = '' }, SHOWN_MS)
}
export const tellError = (error: unknown) => tell(messageOf(error))

export function pageChanged() {
  if (Date.now() - since > CARRIED_MS) notice.value = ''
}
