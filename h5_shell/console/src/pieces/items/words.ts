import type { Deed, DraftState } from '#console/api/items.ts'

export const STATES: readonly (readonly [DraftState, string])[] = [['', '全部'], ['draft', '草案'], ['department_check', '部门审核'], ['establishment_review', '编制审核'], ['legal_review', '法制审核']]
export const stateOf = (said: unknown): DraftState => STATES.find(([key]) => key === said)?.[0] ?? ''
/** The stations a version passes, in their order. */
export const STATIONS = ['draft', 'department_check', 'establishment_review', 'legal_review', 'published'] as const
export const STATION_NAMES: Record<string, string> = { draft: '草案', department_check: '部门审核', establishment_review: '编制审核', legal_review: '法制审核', published: '已发布', dropped: '已放弃' }
export const stateTone = (state: string) => state === 'published' ? 'good' as const : state === 'draft' ? 'info' as const : state === 'dropped' ? 'plain' as const : 'wait' as const

const ORIGINS: Record<string, string> = { editor: '人工编制', catalogue: '目录变更下发', import: '批量导入' }
export const originName = (origin: string) => ORIGINS[origin] ?? origin

export const DEEDS: Record<Deed, { label: string; explain: string; grave: boolean; reason: boolean; done: string }> = {
  submit: { label: '提交审核', explain: '提交后由本部门的另一位工作人员审核，再依次经编制、法制审核后发布。', grave: false, reason: false, done: '已提交审核' },
  pass: { label: '审核通过', explain: '通过后送下一环节；法制审核通过即发布，发布后的版本不再修改。', grave: false, reason: false, done: '已通过' },
  return: { label: '退回修改', explain: '退回给编制人修改，请写明哪里要改。', grave: true, reason: true, done: '已退回' },
  drop: { label: '放弃草案', explain: '放弃后不能恢复；已发布的版本不受影响。', grave: true, reason: true, done: '已放弃' },
}
const STEPS: Record<string, string> = { open: '开始编制', opened: '开始编制', save: '修改', submit: '提交审核', pass: '审核通过', return: '退回修改', drop: '放弃' }
export const stepName = (action: string) => STEPS[action] ?? action

const IMPORTS: Record<string, string> = { waiting: '排队中', running: '正在读取', done: '已读完' }
export const importState = (state: string) => IMPORTS[state] ?? state
const OUTCOMES: Record<string, string> = { drafted: '已建草案', unchanged: '内容没有变化', open: '已有草案在编制', refused: '没有建立' }
export const outcomeName = (outcome: string) => OUTCOMES[outcome] ?? outcome

const CODE = /^[0-9A-Z]{31}([0-9]{2})?$/
export const codeWrong = (code: string) => CODE.test(code) ? '' : '实施编码为 31 位或 33 位的数字和大写字母'
/** The least an item must say to be kept at all; the quality rules ask for the rest. */
export const blank = (code: string, name: string, place: { region: string; department: string }) => ({
  code, name, region: place.region, org: code.slice(0, 18), department: place.department, item_type: code.slice(21, 23), min_tier: 1 as const,
  materials_before: 0, steps: [], basis: [], result_name: '', consult_phone: '', complaint_phone: '', provenance: '本部门编制',
})

/** The divisions an officer looks at items in: their own, its city, the province. */
export function scopesOf(officer: { region: string; region_name: string } | null): [code: string, name: string][] {
  const own = officer?.region ?? '340000'
  return [...new Set([own, `${own.slice(0, 4)}00`, '340000'])].map(code => [code, code === '340000' ? '全省' : code === own ? officer?.region_name ?? code : '全市'])
}
