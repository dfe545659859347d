import type { Action, CaseState, DeskCase } from '#console/api/cases.ts'

/** The words of each act, and what the officer should know before doing it. */
export interface Deed {
  action: Action
  name: string
  title: string
  explain: string
  /** The label of the text that goes with it; '' where none is asked. */
  label: string
  required: boolean
  phrases: string[]
  confirm: string
}

const REASONS = ['申请人不符合本事项规定的条件', '提交的材料与登记信息不一致', '本事项不属于本机关职权范围']

/** From acceptance to decision: here a refusal is a decision, and every review point is marked. */
export const underReview = (state: CaseState) => state === 'accepted' || state === 'in_review'

function refusal(state: CaseState): Deed {
  const early = !underReview(state)
  return {
    action: 'refuse',
    name: early ? '不予受理' : '不予',
    title: early ? '不予受理' : '作出不予决定',
    explain: early ? '办件将结束。理由会原文告知申请人。' : '办件将办结，不能撤回。理由会原文告知申请人，请写明事实和依据。',
    label: '理由', required: true, phrases: REASONS, confirm: early ? '确认不予受理' : '确认不予',
  }
}

const ACCEPT: Deed = {
  action: 'accept', name: '受理', title: '受理申请', label: '', required: false, phrases: [], confirm: '确认受理',
  explain: '受理后开始计算办理时限，并通知申请人。需要缴费的事项，作出准予决定后再通知缴费。',
}
const APPROVE: Deed = {
  action: 'approve', name: '准予', title: '作出准予决定', label: '审查意见（选填）', required: false, confirm: '确认准予',
  explain: '决定不能撤回。需要缴费的，通知申请人缴费；不需要的，办件办结。事项有证照的，生成电子证照。', phrases: ['经审查，符合规定条件'],
}
const CORRECT: Deed = {
  action: 'request-correction', name: '补正', title: '一次性告知补正', label: '补正理由', required: true, confirm: '发出补正告知',
  explain: '请一次列全需要补正的全部内容。申请人只能修改您选中的项目。',
  phrases: ['照片不清晰，请在光线充足处重新拍摄', '材料缺页，请补齐全部页面', '填写内容与材料不一致，请核对后修改'],
}

export const isKnown = (name: string): name is Action => ['accept', 'request-correction', 'approve', 'refuse'].includes(name)

export function deedOf(action: Action, state: CaseState): Deed {
  return { accept: ACCEPT, approve: APPROVE, 'request-correction': CORRECT, refuse: refusal(state) }[action]
}

/** Decisions belong to an approver; everybody else is told so instead of being refused later. */
export const needsApprover = (action: Action, state: CaseState) => underReview(state) && (action === 'approve' || action === 'refuse')

/** What the desk is asked to do now, in one sentence. */
export function guidance(found: Pick<DeskCase, 'state' | 'correction' | 'outcome'>): string {
  switch (found.state) {
    case 'submitted':
    case 'received': return '请在收到申请后 5 个工作日内受理，或一次性告知补正；逾期未告知的，视为受理。'
    case 'accepted':
    case 'in_review': return '请在时限内审查并作出决定。'
    case 'correction_asked': return '已告知补正，等申请人重新提交。'
    case 'fee_due': return '已准予，等申请人缴费；缴清后发放结果。'
    case 'withdrawn': return '申请人已撤回，无需办理。'
    case 'not_accepted': return '已决定不予受理。'
    case 'closed':
    case 'archived': return '办件已办结。'
    default: return ''
  }
}

/** What to say when it is done; the new state tells, the same act may lead to two. */
export function done(action: Action, now: CaseState): string {
  if (now === 'fee_due') return '已作出准予决定，已通知申请人缴费'
  return { accept: '已受理', approve: '已作出准予决定', refuse: now === 'not_accepted' ? '已决定不予受理' : '已作出不予决定', 'request-correction': '补正告知已发出' }[action]
}
