/** What people may report of an app; the keys go to its reviewers. */
export const REASONS = {
  broken: '打不开，或者用不了',
  misleading: '内容不对、过时，或者误导人',
  privacy: '要了不该要的信息',
  charges: '乱收费，或者诱导付款',
  illegal: '像是假冒、诈骗，或者违法',
  other: '其他问题',
} as const
export type Reason = keyof typeof REASONS
