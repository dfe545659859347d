/** What a department's system may say of a case. */
const DEEDS: Record<string, string> = {
  receive: '收件', accept: '受理', begin_review: '开始审查', progress: '办理进展', suspend: '特别程序', resume: '恢复计时',
  approve: '准予', refuse: '不予', return_case: '退件',
}
export const deedName = (deed: string) => DEEDS[deed] ?? deed
