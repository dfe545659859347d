import type { Action, CaseState, DeskCase } from '#console/api/cases.ts'

/** The words around each act; which acts there are, and what each needs, is the reply's to say. */
export interface Words { title: string; explain: string; confirm: string; /** Done, in passing. */ done: string }

/** From acceptance to decision: here a refusal is a decision, and every review point is marked. */
export const underReview = (state: CaseState) => state === 'accepted' || state === 'in_review'

const WORDS: Record<string, Partial<Words>> = {
  'pass-pre-review': { explain: '预审通过即收件，开始计算受理期限。' },
  'return-pre-review': { explain: '申请人可以补充后重新提交；理由会原文告知。' },
  'fail-pre-review': { explain: '办件将结束。理由会原文告知申请人。' },
  receive: { explain: '出具收件凭证，五个工作日内受理或一次性告知补正。' },
  'request-correction': { title: '一次性告知补正', explain: '请一次列全需要补正的全部内容。申请人只能修改您选中的项目；以后不能再追加。', confirm: '发出补正告知', done: '补正告知已发出' },
  accept: { title: '受理申请', explain: '受理后开始计算办理时限，并通知申请人。需要缴费的事项，作出准予决定后再通知缴费。', done: '已受理' },
  'return-case': { explain: '办件将结束并退回全部材料。理由会原文告知申请人。' },
  'begin-review': { explain: '办件进入审查，办理时限继续计算。' },
  suspend: { title: '启动特别程序', explain: '特别程序期间暂停计时；种类和最长天数由办事指南规定。' },
  resume: { explain: '恢复计算办理时限。' },
  'ask-extension': { title: '提请延长办理期限', explain: '由本机关负责人批准；只能延长一次，不超过规定的天数。' },
  extend: { title: '批准延长办理期限', explain: '批准后出具延期告知书，告知申请人理由。' },
  'deny-extension': { title: '不批准延长办理期限', explain: '办理时限不变。' },
  forward: { title: '转报上级机关', explain: '办件转由上级机关决定，等上级意见回来后继续。' },
  'report-back': { title: '登记上级机关意见', explain: '按上级机关的决定继续办理。' },
  approve: { title: '作出准予决定', explain: '决定不能撤回。需要缴费的，通知申请人缴费；不需要的，制证、送达或者办结。', done: '已作出准予决定' },
  'hand-over': { explain: '证照和批文已制作完成，等待送达。' },
  deliver: { title: '登记送达', explain: '请核对领取人的身份证件；代领的写明代领人。' },
  reopen: { explain: '撤回系统自动作出的决定，由您重新审查。' },
  end: { title: '强制终止', explain: '办件将立即结束，不再办理。理由会告知申请人，并报监察。' },
}
const REFUSALS: Record<'early' | 'late', Words> = {
  early: { title: '不予受理', explain: '办件将结束。理由会原文告知申请人，并出具不予受理决定书。', confirm: '确认不予受理', done: '已决定不予受理' },
  late: { title: '作出不予决定', explain: '办件将办结，不能撤回。理由会原文告知申请人，请写明事实和依据。', confirm: '确认不予', done: '已作出不予决定' },
}

/** An act without words of ours shows the reply's own label. */
export function wordsOf(action: Action, state: CaseState): Words {
  const said = action.name === 'refuse' ? REFUSALS[underReview(state) ? 'late' : 'early'] : WORDS[action.name]
  return { title: action.label, explain: '', confirm: `确认${action.label}`, done: `已完成：${action.label}`, ...said }
}

/** What leads on stands first and in colour; what ends the case stands last and apart. */
const LEADING = ['accept', 'approve', 'receive', 'hand-over', 'deliver', 'resume', 'report-back', 'extend']
const ENDING = ['refuse', 'return-case', 'fail-pre-review', 'deny-extension', 'end', 'reopen']
export type Rank = 'lead' | 'plain' | 'end'
export const rank = (name: string): Rank => LEADING.includes(name) ? 'lead' : ENDING.includes(name) ? 'end' : 'plain'
export function ordered(actions: Action[]): Action[] {
  const place = (a: Action) => ['lead', 'plain', 'end'].indexOf(rank(a.name))
  return [...actions].sort((a, b) => place(a) - place(b))
}

/** What the desk is asked to do now, in one sentence. */
export function guidance(found: Pick<DeskCase, 'state' | 'outcome'>): string {
  const SAID: Partial<Record<CaseState, string>> = {
    submitted: '请在收到申请后 5 个工作日内受理，或一次性告知补正；逾期未告知的，视为受理。',
    pre_review_returned: '预审已退回，等申请人补充后重新提交。',
    accepted: '请在时限内审查并作出决定。',
    correction_asked: '已告知补正，等申请人重新提交。',
    suspended: '特别程序期间暂停计时。',
    forwarded: '已转报上级机关，等上级意见。',
    fee_due: '已准予，等申请人缴费；缴清后发放结果。',
    making: '正在制作证照、批文。',
    delivering: '结果已制作完成，等申请人领取。',
    withdrawn: '申请人已撤回，无需办理。',
    not_accepted: '已决定不予受理。',
    closed: '办件已办结。',
  }
  SAID.received = SAID.submitted
  SAID.in_review = SAID.accepted
  SAID.archived = SAID.closed
  return SAID[found.state] ?? ''
}
