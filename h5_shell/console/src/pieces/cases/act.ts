import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import 'element-plus/es/components/message/style/css.mjs'
import { ref, type ShallowRef } from 'vue'
import * as cases from '#console/api/cases.ts'
import type { Action, CorrectionWanted, DeskCase, PointMark } from '#console/api/cases.ts'
import { problemOf } from '#console/client/problem.ts'
import { done } from './deeds.ts'

export type Given = { text: string } & Partial<Omit<CorrectionWanted, 'reason'>> & { points?: PointMark[] }

const send = (action: Action, c: DeskCase, given: Given): Promise<DeskCase> => ({
  accept: () => cases.accept(c.case_no, c.version),
  approve: () => cases.approve(c.case_no, c.version, given.text, given.points ?? []),
  refuse: () => cases.refuse(c.case_no, c.version, given.text, given.points ?? []),
  'request-correction': () => cases.requestCorrection(c.case_no, c.version, { reason: given.text, fields: given.fields ?? [], materials: given.materials ?? [] }),
})[action]()

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

  async function act(given: Given) {
    const action = open.value
    if (!action || !found.value || busy.value) return
    busy.value = true
    failed.value = ''
    try {
      found.value = await send(action, found.value, given)
      open.value = null
      ElMessage.success(done(action, found.value.state))
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind === 'conflict' || problem.kind === 'missing') {
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
