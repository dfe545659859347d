import { ApiProblem, messageOf } from '@wanshi/client'

export interface Failed { icon: string; title: string; note: string; again: boolean }
/** Why an app did not open, in words that say what to do next. */
export function failedOf(error: unknown): Failed {
  const problem = error instanceof ApiProblem ? error : null
  if (problem?.offline) return { icon: 'wifi', title: '网络连接不上', note: '请检查网络，连上后再打开。', again: true }
  if (problem?.code === 'miniapps.suspended' || problem?.status === 410) return { icon: 'hand', title: '这个应用暂时停用', note: problem.message, again: false }
  if (problem?.status === 404) return { icon: 'info', title: '没有这个应用', note: '它可能已经下架，或者链接不完整。', again: false }
  if (problem?.status === 403) return { icon: 'hand', title: '现在不能打开', note: problem.message, again: false }
  return { icon: 'alert', title: '没有打开', note: messageOf(error), again: true }
}
