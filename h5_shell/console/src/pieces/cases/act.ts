import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import 'element-plus/es/components/message/style/css.mjs'
import { ref, type ShallowRef } from 'vue'
import * as cases from '#console/api/cases.ts'
import type { Action, DeskCase } from '#console/api/cases.ts'
import { problemOf } from '#console/client/problem.ts'
import { wordsOf } from './deeds.ts'

/** Acting on the case that is shown, and what to say when it did not go through. */
export function useActing(found: ShallowRef<DeskCase | null>, reload: () => Promise<void>) {
  const open = ref<Action | null>(null)
  const busy = ref(false)
  const failed = ref('')
  /** A colleague, or the applicant, was first: said on the page, for the dialog is closed. */
  const overtaken = ref('')

  function ask(action: Action) {
    failed.value = ''
    overtaken.value = ''
    open.value = action
  }

  async function act(body?: object) {
    const action = open.value
    if (!action || !found.value || busy.value) return
    busy.value = true
    failed.value = ''
    const words = wordsOf(action, found.value.state)
    try {
      const now = await cases.deed(found.value.case_no, found.value.version, action.name, body)
      // A receipt at the window is answered by the state alone.
      if ('version' in now) found.value = now
      else await reload()
      open.value = null
      ElMessage.success(now.state === 'fee_due' ? `${words.done}，已通知申请人缴费` : words.done)
    } catch (error) {
      const problem = problemOf(error)
      if (['kernel.precondition_failed', 'kernel.conflict', 'cases.not_in_this_state'].includes(problem.code) || problem.kind === 'missing') {
        open.value = null
        // "请刷新" is what we do next ourselves.
        overtaken.value = problem.message.replace(/，请刷新.*$/, '')
        await reload()
      } else failed.value = problem.message
    } finally {
      busy.value = false
    }
  }
  return { open, busy, failed, overtaken, ask, act }
}
