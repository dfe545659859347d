import type { Means, Review, ReviewState, VideoCall } from '#console/api/identity.ts'

type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'info'
export const CALL_STATES: Record<VideoCall['state'], { name: string; tone: Tone }> = {
  waiting: { name: '等候中', tone: 'wait' }, claimed: { name: '核对中', tone: 'info' }, confirmed: { name: '已通过', tone: 'good' },
  refused: { name: '未通过', tone: 'bad' }, cancelled: { name: '居民已取消', tone: 'plain' },
}
export const CONFIRM_PHRASES = ['证件、登记照片与本人一致', '本人口述要办的事，确认自愿']
export const REFUSE_PHRASES = ['证件与本人不一致', '画面不清，无法辨认', '本人表示并非自愿', '未能出示身份证原件']

export const REVIEW_TABS: { state: ReviewState; name: string }[] = [{ state: 'open', name: '待核查' }, { state: 'proposed', name: '待复核' }, { state: 'resolved', name: '已了结' }]
export const OUTCOMES = {
  dismiss: { name: '确认是同一人', explain: '两种方式说的是同一个人（如改名、生僻字录入不同）。了结后恢复原等级。', phrases: ['本人已改名，户口簿有记载', '对方系统姓名录入有误'] },
  revoke: { name: '撤销在先的认证', explain: '在先的认证不是本人所为。了结后撤销该项认证，等级重新计算。', phrases: ['在先认证并非本人办理', '在先认证所用证件已挂失'] },
} as const
export const outcomeName = (r: Pick<Review, 'outcome'>) => (r.outcome ? OUTCOMES[r.outcome].name : '')
export const reviewState = (state: unknown): ReviewState => REVIEW_TABS.find(t => t.state === state)?.state ?? 'open'

export const tierWords = (m: Pick<Means, 'tier' | 'subject_kind'>) =>
  m.tier === 0 ? '辅助' : `${['', '初级', '中级', '高级'][m.tier]}${m.subject_kind === 'person' ? '实名' : '认证'}`
export const holdsWords = (days: number | null) => (days === null ? '长期' : days % 365 === 0 ? `${days / 365} 年` : `${days} 天`)
export function holdsError(text: string): string {
  return text.trim() === '' || (/^\d{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 3650) ? '' : '请填 1 到 3650 之间的天数；长期有效请留空'
}
