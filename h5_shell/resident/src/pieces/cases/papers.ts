import type { DraftMaterial, StoredFile } from '@/api/cases'

/** Whether a paper is there, or something that makes it needless. */
export const stands = (m: DraftMaterial): boolean => Boolean(m.file || m.licence || m.fetched || m.commitment?.agreed_at)
export const filesOf = (m: DraftMaterial): StoredFile[] => m.files ?? (m.file ? [m.file] : [])

/** What a paper is covered by, in a word for its tag. */
export function standing(m: DraftMaterial): string {
  if (m.licence) return '用证照代替'
  if (m.fetched) return '部门已核对'
  if (m.commitment?.agreed_at) return '已承诺'
  return m.file ? '已上传' : ''
}

export interface Look { tone: 'wait' | 'bad' | 'good'; text: string; findings: string[]; reshoot: boolean }
/** The machine's look at a paper in plain words; nothing when there is nothing to say. */
export function lookOf(m: DraftMaterial): Look | null {
  const check = m.check
  if (!check || !m.file) return null
  if (check.state === 'waiting') return { tone: 'wait', text: check.ahead ? `排队检查中，前面还有 ${check.ahead} 份` : '马上开始检查', findings: [], reshoot: false }
  if (check.state === 'reading') return { tone: 'wait', text: '机器正在看这份材料，请稍等', findings: [], reshoot: false }
  if (check.state === 'failed') return { tone: 'wait', text: '机器没看成，由工作人员来看，不影响提交', findings: [], reshoot: false }
  if (!check.findings.length) return check.passed ? { tone: 'good', text: '机器看过了，清楚、对得上', findings: [], reshoot: false } : null
  const reshoot = check.findings.some(f => f.reshoot)
  return { tone: 'bad', text: reshoot ? '看不清，请重拍' : '请再看一眼', findings: check.findings.map(f => f.message), reshoot }
}
