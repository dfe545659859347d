/** What each tier lets people do, in their words. Tier 3 is asked for one act at a time. */
export const TIERS = [
  { level: 0, name: '未实名', gives: '看指南、查政策' },
  { level: 1, name: '初级实名', gives: '提交一般申请、查办件进度、亮证照' },
  { level: 2, name: '中级实名', gives: '网上缴费、申请公租房、查公积金等' },
  { level: 3, name: '高级实名', gives: '不动产、大额资金等重要事项，每办一次核验一次' },
]
/** The texts of separate consents; the version shown is sent along. */
export const FACE_TEXT_VERSION = '2026-11'
export const VOICE_TEXT_VERSION = '2026-11'
