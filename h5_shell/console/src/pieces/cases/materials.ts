import type { Material } from '#console/api/cases.ts'
import { moment } from '#console/shell/format.ts'

/** Where a paper comes from: the less the applicant had to bring, the earlier in this list. */
export function sourceOf(m: Material): string {
  if (m.licence) return `电子证照：${m.licence.name}（${m.licence.number}，${moment(m.licence.as_of)} 取得）`
  if (m.fetched) return `数据共享：${m.fetched.name}（${moment(m.fetched.as_of)} 取得）`
  if (m.commitment?.agreed_at) return `告知承诺，${moment(m.commitment.agreed_at)} 签署`
  if (!m.file) return '未提交'
  return m.file.reused_from ? '申请人以前提交过，本次再用' : '申请人上传'
}

/** In two words, where no picture can be shown. */
export function shortSource(m: Material): string {
  if (m.licence) return '电子证照代替'
  if (m.fetched) return '共享数据代替'
  return m.commitment?.agreed_at ? '告知承诺代替' : '未提交'
}
