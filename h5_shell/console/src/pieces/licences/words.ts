import type { Kept, Spec, TypeView } from '#console/api/licences.ts'
import type { Tone } from '#console/pieces/cases/states.ts'

export const KINDS = [['certificate', '证件'], ['licence', '证照'], ['approval', '批文']] as const
export const CLASSES = [['A', 'A 级：机构制发，直接使用'], ['B', 'B 级：窗口核验，可重复使用'], ['C', 'C 级：用户上传，核对原件后使用'], ['D', 'D 级：自制承诺，本人承诺后使用']] as const
export const INDEXES = [['identifier', '证照标识'], ['holder', '持有人'], ['issuer', '颁发机构'], ['type', '证照类型'], ['case', '办件编号']] as const
export const FIELD_KINDS = [['text', '文字'], ['number', '数字'], ['date', '日期']] as const
export const FILES = [['application/ofd', 'OFD'], ['application/pdf', 'PDF'], ['application/json', 'JSON']] as const
export const TYPE_STATES = [['', '全部'], ['draft', '草稿'], ['published', '在用'], ['retired', '停用']] as const
export const KEPT_STATES = [['', '全部'], ['making', '制证中'], ['valid', '有效'], ['suspended', '暂停'], ['superseded', '已变更'], ['revoked', '已撤销'], ['expired', '已过期']] as const
export const IMPORT_STATES = [['mismatch', '待核对'], ['matched', '已入库'], ['dropped', '已作废']] as const

export const typeTone = (state: string): Tone => ({ draft: 'wait' as const, published: 'good' as const })[state] ?? 'plain'
const KEPT_TONES: Record<string, Tone> = { making: 'info', valid: 'good', suspended: 'wait', revoked: 'bad', expired: 'plain', superseded: 'plain' }
export const keptTone = (state: string): Tone => KEPT_TONES[state] ?? 'plain'
/** One of a list's states from the address; anything else is the first. */
export const oneOf = <T extends string>(states: readonly (readonly [T, string])[], value: unknown): T => states.find(([key]) => key === value)?.[0] ?? states[0]![0]

export type MoveName = 'suspend' | 'resume' | 'revoke' | 'change' | 'renew' | 'print'
export interface KeptDeed { name: string; explain: string; grave: boolean; done: string; phrases: string[] }
export const KEPT_DEEDS: Record<MoveName, KeptDeed> = {
  suspend: { name: '暂停', explain: '暂停后核验显示“暂停”，不能使用；可以恢复。', grave: true, done: '已暂停', phrases: ['正在核查', '主管部门要求'] },
  resume: { name: '恢复', explain: '恢复后重新有效。', grave: false, done: '已恢复', phrases: ['核查无误', '问题已整改'] },
  revoke: { name: '撤销', explain: '撤销后不能恢复，核验立即显示“已撤销”，并通知持有人。', grave: true, done: '已撤销', phrases: ['许可被依法撤销', '持有人申请注销', '发证有误'] },
  change: { name: '变更', explain: '按新内容制作下一版证照，原证照转为“已变更”。', grave: false, done: '已变更，新证照正在制作', phrases: ['名称变更', '地址变更', '更正错误'] },
  renew: { name: '延续', explain: '按新的截止日期制作下一版证照，原证照转为“已变更”。', grave: false, done: '已延续，新证照正在制作', phrases: ['准予延续'] },
  print: { name: '登记打印', explain: '每打印一份纸质证照登记一次，编号连续。', grave: false, done: '已登记', phrases: ['持有人申领纸质证照', '补发'] },
}
export const deedsFor = (l: Pick<Kept, 'moves' | 'state'>): MoveName[] => [...(['change', 'renew', 'suspend', 'resume', 'revoke'] as const).filter(name => l.moves.includes(name)), ...(l.state === 'valid' ? ['print' as const] : [])]

export const blankSpec = (): Spec => ({
  code: '', name: '', kind: 'licence', trust_class: 'A', holders: ['person'], one_per_holder: false,
  directory: {
    number: { with_year: true, digits: 8 }, content: { fields: [{ key: 'holder_name', name: '姓名', kind: 'text', required: true }], open: false },
    file: { media_type: 'application/ofd', seal: 'SM2' }, style: { template: 'standard', title: '', pages: 1 }, index: { keys: ['identifier', 'holder'] },
  },
})
const CODE = /^[0-9A-HJ-NP-RTUW-Y]{18}\d{3}$/
/** What the server would refuse, said beside the box. */
export function specWrongs(s: Spec) {
  const { fields, open } = s.directory.content
  const keys = fields.map(f => f.key.trim())
  const bad = fields.some(f => !f.key.trim() || !f.name.trim()) ? '每个字段都要有代码和名称' : keys.some(k => k.includes('.')) ? '字段代码不能含“.”' : new Set(keys).size < keys.length ? '字段代码不能重复' : !keys.length && !open ? '至少要有一个字段' : ''
  return {
    code: CODE.test(s.code.trim()) ? '' : '类型代码是定义单位的 18 位信用代码加 3 位序号', name: s.name.trim() ? '' : '请填写名称',
    holders: s.holders.length ? '' : '至少选一类持有人', fields: bad,
    template: /^[a-z][a-z0-9_]{0,39}$/.test(s.directory.style.template) ? '' : '模板代码以小写字母开头，由小写字母、数字和下划线组成',
    title: s.directory.style.title.trim() ? '' : '请填写证面标题', keys: s.directory.index.keys.includes('identifier') ? '' : '索引须包含证照标识',
  }
}
/** A serial number as the rule would make it, the first of this year. */
export const sampleNumber = (n: Spec['directory']['number'], year: number) => `${n.with_year ? year : ''}${'1'.padStart(n.digits, '0')}`
/** A plain copy: what is edited must not change what was loaded. */
export const specOf = (t: TypeView): Spec => JSON.parse(JSON.stringify(t.spec)) as Spec

export function rowsOf(text: string): { rows: unknown[]; wrong: string } {
  try {
    const read: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const rows = Array.isArray(read) ? read : (read as { items?: unknown } | null)?.items
    if (!Array.isArray(rows)) return { rows: [], wrong: '文件应当是一组证照（JSON 数组）' }
    if (!rows.length) return { rows: [], wrong: '文件里没有证照' }
    return { rows, wrong: rows.length > 100 ? `一次最多 100 条，文件里有 ${rows.length} 条` : '' }
  } catch { return { rows: [], wrong: '不是有效的 JSON 文件' } }
}
/** Names or keys of fields, however they were parted. */
export const fieldsOf = (text: string) => [...new Set(text.split(/[\s,，、;；]+/).filter(Boolean))]
/** The token in what was scanned: the bare token, or the address that carries it. */
export const tokenOf = (scanned: string) => /(?:^|[/=#?&])([A-Za-z0-9_-]{32})$/.exec(scanned.trim())?.[1] ?? ''
export const valueTold = (value: unknown): string => value === null || value === undefined || value === '' ? '—' : typeof value === 'object' ? JSON.stringify(value) : typeof value === 'boolean' ? value ? '是' : '否' : String(value)
/** Uses summed by one of their names, most used first. */
export function sumsBy<T extends { uses: number }>(items: T[], name: (one: T) => string): { name: string; uses: number }[] {
  const sums = new Map<string, number>()
  for (const one of items) sums.set(name(one), (sums.get(name(one)) ?? 0) + one.uses)
  return [...sums].map(([n, uses]) => ({ name: n, uses })).sort((a, b) => b.uses - a.uses)
}

const REASONS: Record<string, string> = {
  unknown: '没有这个持有人的这份证照，请核对证照标识和证件号码', making: '证照还在制作中', signature: '签章验证不通过，请勿采信并报告证照管理员',
  suspended: '证照已暂停', superseded: '证照已变更，请用新证照', revoked: '证照已撤销', expired: '证照已过期', class: '这一等级的证照不能直接代替原件，请核对原件',
}
/** Why a proof is not accepted, in words; a reason not known here is said as it is. */
export const reasonTold = (reason: string) => reason ? REASONS[reason] ?? reason : '签章有效，与颁发机构的记录一致'

const FACTS: Record<string, string> = { identifier: '证照标识', type_name: '证照名称', trust_class: '可信等级', holder_name: '持有人', holder_number: '证件号码', issuer_name: '颁发机构', issued_on: '颁发日期', expires_on: '有效期至' }
/** A fact as the interface names it: those every licence has by their code, the rest are its content's. */
export const factOf = (word: string) => word in FACTS || word.startsWith('content.') ? word : Object.keys(FACTS).find(code => FACTS[code] === word) ?? `content.${word}`
export const factTold = (fact: string) => FACTS[fact] ?? fact.replace(/^content\./, '')
