/** What an item version consists of, as its editor shows it: one table, one renderer. */
export type Option = readonly [value: string | number, label: string]
interface Common { key: string; label: string; wide?: boolean; fixed?: boolean; note?: string }
export type Field = Common & (
  | { kind: 'text' | 'area' | 'switch' | 'lines' | 'limit' | 'money' }
  | { kind: 'number'; min: number; max: number; unit?: string }
  | { kind: 'select' | 'many'; options: readonly Option[] }
  | { kind: 'rows'; columns: Field[]; fresh: Record<string, unknown>; library?: boolean }
)
export interface Part { key: string; title: string; fields: Field[] }

const TYPES: Option[] = [['01', '行政许可'], ['02', '行政处罚'], ['03', '行政强制'], ['04', '行政征收'], ['05', '行政给付'], ['06', '行政检查'], ['07', '行政确认'], ['08', '行政奖励'], ['09', '行政裁决'], ['10', '其他行政权力'], ['20', '公共服务']]
export const typeName = (code: string) => TYPES.find(([value]) => value === code)?.[1] ?? code
const CLASSES: Option[] = ['A', 'B', 'C', 'D'].map(c => [c, `${c} 类`] as const)
const TARGETS: Option[] = [['', '不属于'], ['service', '政务服务'], ['company_start', '企业开办'], ['property', '不动产登记'], ['construction', '工程建设']]
export const targetName = (key: string) => TARGETS.find(([value]) => value === key)?.[1] ?? key
const LISTS: Option[] = [['powers', '权力清单'], ['services', '公共服务清单'], ['duties', '责任清单'], ['intermediaries', '中介服务清单'], ['special_funds', '专项资金清单'], ['charges', '收费清单'], ['investment_negative', '投资负面清单'], ['convenience', '便民清单'], ['qualifications', '资格清单']]

const MATERIAL: Field[] = [
  { key: 'code', label: '代码', kind: 'text' }, { key: 'name', label: '名称', kind: 'text' },
  { key: 'required', label: '必须提交', kind: 'switch' }, { key: 'source_class', label: '信任类别', kind: 'select', options: CLASSES },
  { key: 'how', label: '填写和提交要求', kind: 'area', wide: true }, { key: 'situation', label: '什么情况下提交', kind: 'text' },
  { key: 'issuer', label: '出具单位', kind: 'text' }, { key: 'basis', label: '依据', kind: 'text', wide: true },
  { key: 'library', label: '材料库代码', kind: 'text' }, { key: 'licence_type', label: '可用电子证照', kind: 'text' },
  { key: 'data_service', label: '可用共享数据', kind: 'text' }, { key: 'commitment', label: '承诺书', kind: 'text' },
  { key: 'kinds', label: '接受的文件', kind: 'many', options: [['picture', '图片'], ['pdf', 'PDF']] },
  { key: 'ocr', label: '机器预审', kind: 'many', options: [['name', '姓名一致'], ['id_number', '证件号一致'], ['signature_date', '有签署日期'], ['sharp', '清晰']] },
]
const POINT: Field[] = [
  { key: 'code', label: '代码', kind: 'text' }, { key: 'name', label: '审查要点', kind: 'text' },
  { key: 'material', label: '对应材料（代码）', kind: 'text' }, { key: 'ground', label: '性质', kind: 'select', options: [['incomplete', '材料不齐全'], ['form', '不符合法定形式'], ['substance', '实质条件']] },
  { key: 'how', label: '怎样审查', kind: 'area', wide: true }, { key: 'rule', label: '自动核验规则', kind: 'text', wide: true, note: '留空时由人审查' },
]

export const PARTS: Part[] = [
  { key: 'basics', title: '基本信息', fields: [
    { key: 'code', label: '实施编码', kind: 'text', fixed: true, wide: true }, { key: 'name', label: '事项名称', kind: 'text', wide: true },
    { key: 'item_type', label: '事项类型', kind: 'select', options: TYPES }, { key: 'department', label: '实施部门', kind: 'text' },
    { key: 'org', label: '实施主体代码', kind: 'text', fixed: true }, { key: 'region', label: '区划', kind: 'text', fixed: true },
    { key: 'catalogue_code', label: '目录清单编码', kind: 'text' }, { key: 'result_name', label: '办理结果', kind: 'text' },
    { key: 'result_kind', label: '结果类型', kind: 'select', options: [['none', '没有'], ['certificate', '证照'], ['document', '批文'], ['approval', '审批结论']] },
    { key: 'audience', label: '服务对象', kind: 'many', options: [['person', '自然人'], ['company', '法人']] },
    { key: 'basis', label: '设定依据', kind: 'lines', wide: true }, { key: 'aliases', label: '群众常用叫法', kind: 'lines' }, { key: 'themes', label: '主题', kind: 'lines' },
    { key: 'provenance', label: '内容来源', kind: 'text', wide: true },
  ] },
  { key: 'limits', title: '时限和到场', fields: [
    { key: 'legal_limit', label: '法定时限', kind: 'limit' }, { key: 'promise_limit', label: '承诺时限', kind: 'limit' },
    { key: 'case_kind', label: '办件类型', kind: 'select', options: [['instant', '即办件'], ['promise', '承诺件']] }, { key: 'extension_days', label: '最多可以延长', kind: 'number', min: 0, max: 30, unit: '天' },
    { key: 'to_site_times', label: '到场次数', kind: 'number', min: 0, max: 9, unit: '次' }, { key: 'to_site_reason', label: '为什么要到场', kind: 'text' },
    { key: 'target_class', label: '13550 类别', kind: 'select', options: TARGETS },
    { key: 'min_tier', label: '实名等级', kind: 'select', options: [[0, '0 不需要'], [1, '1 注册'], [2, '2 实名'], [3, '3 本次核验']] },
    { key: 'special_procedures', label: '特别程序', kind: 'rows', wide: true, fresh: { code: '', name: '', days: 10 }, columns: [{ key: 'code', label: '代码', kind: 'text' }, { key: 'name', label: '名称', kind: 'text' }, { key: 'days', label: '最长', kind: 'number', min: 1, max: 400, unit: '天' }] },
  ] },
  { key: 'ways', title: '办理方式', fields: [
    { key: 'ways', label: '办理渠道', kind: 'many', options: [['window', '窗口'], ['pc', '电脑网上'], ['mobile', '手机'], ['courier', '邮寄']] },
    { key: 'delivery', label: '送达方式', kind: 'many', options: [['download', '下载'], ['window', '窗口领取'], ['courier', '邮寄']] },
    { key: 'online_depth', label: '网上办理深度', kind: 'number', min: 1, max: 4 }, { key: 'form_code', label: '表单', kind: 'text' },
    { key: 'flow_code', label: '流程', kind: 'text' }, { key: 'appointment', label: '可以预约', kind: 'switch' },
    { key: 'auto_accept', label: '自动受理', kind: 'switch' }, { key: 'auto_decide', label: '自动审批', kind: 'switch' },
    { key: 'handle_areas', label: '可异地收件的区划', kind: 'lines' }, { key: 'forward_to', label: '转报上级', kind: 'text' },
    { key: 'address', label: '办理地点', kind: 'text' }, { key: 'office_hours', label: '办理时间', kind: 'text' },
    { key: 'consult_phone', label: '咨询电话', kind: 'text' }, { key: 'complaint_phone', label: '投诉电话', kind: 'text' },
  ] },
  { key: 'materials', title: '申请材料', fields: [
    { key: 'materials_before', label: '改革前材料数', kind: 'number', min: 0, max: 200, unit: '项' },
    { key: 'materials', label: '材料', kind: 'rows', wide: true, library: true, fresh: { code: '', name: '', required: true, source_class: 'D', how: '', kinds: ['picture'], ocr: [] }, columns: MATERIAL },
  ] },
  { key: 'handling', title: '条件和环节', fields: [
    { key: 'conditions', label: '受理条件', kind: 'lines', wide: true },
    { key: 'steps', label: '办理环节', kind: 'rows', wide: true, fresh: { name: '', detail: '' }, columns: [{ key: 'name', label: '环节', kind: 'text' }, { key: 'detail', label: '做什么', kind: 'area', wide: true }] },
  ] },
  { key: 'points', title: '审查要点', fields: [{ key: 'review_points', label: '审查要点', kind: 'rows', wide: true, fresh: { code: '', name: '', material: '', how: '', ground: 'substance', rule: '' }, columns: POINT }] },
  { key: 'fees', title: '收费', fields: [
    { key: 'fee_note', label: '收费说明', kind: 'text' }, { key: 'fee_basis', label: '收费依据', kind: 'text' }, { key: 'online_pay', label: '支持网上支付', kind: 'switch' },
    { key: 'fee', label: '收费项目', kind: 'rows', wide: true, fresh: { name: '', code: '', amount_fen: 100 }, columns: [{ key: 'name', label: '名称', kind: 'text' }, { key: 'code', label: '非税项目编码', kind: 'text' }, { key: 'amount_fen', label: '金额', kind: 'money' }] },
  ] },
  { key: 'guide', title: '问答和公告', fields: [
    { key: 'faqs', label: '常见问题', kind: 'rows', wide: true, fresh: { q: '', a: '' }, columns: [{ key: 'q', label: '问题', kind: 'text', wide: true }, { key: 'a', label: '回答', kind: 'area', wide: true }] },
    { key: 'policies', label: '相关政策', kind: 'lines' }, { key: 'notices', label: '办理须知', kind: 'lines' },
    { key: 'lists', label: '所属清单', kind: 'many', wide: true, options: LISTS }, { key: 'intermediaries', label: '中介服务（代码）', kind: 'lines' },
  ] },
]

const FIELDS = new Map(PARTS.flatMap(p => p.fields.map(f => [f.key, { field: f, part: p.key }] as const)))
export const labelOf = (key: string) => FIELDS.get(key)?.field.label ?? key
/** The part that holds a field, so that a finding leads there; nothing for one about the whole. */
export const partOf = (key: string) => FIELDS.get(key)?.part
