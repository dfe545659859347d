import { messageOf } from '@wanshi/client'
import { ref } from 'vue'

const SHOWN_MS = 3200
/** The one passing sentence on the screen; NoticeHost shows it and screen readers hear it. */
export const notice = ref('')
let timer = 0

export function tell(message: string) {
  clearTimeout(timer)
  notice.value = message
  timer = window.setTimeout(() => { notice.value = '' }, SHOWN_MS)
}
export const tellError = (error: unknown) => tell(messageOf(error))
