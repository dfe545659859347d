const ago = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString()

export const me = (tier: number) => ({
  id: 'p-1', display_name: '周**', tier, tier_name: ['未实名', '初级实名', '中级实名', '高级实名'][tier], name_masked: '周**',
  id_number_masked: '3416**********102X', phone_masked: '138****2046',
  evidence: [
    { source: 'population', source_name: '人口库身份信息核对', verified_at: '2026-11-02T02:00:00Z', expires_at: null },
    ...(tier >= 2 ? [{ source: 'face_and_code', source_name: '人脸识别与短信验证码', verified_at: '2025-12-12T03:00:00Z', expires_at: '2026-12-12T03:00:00Z' }] : []),
  ],
})

export const accesses = [
  { at: ago(3), who: '谯城区住房和城乡建设局', purpose: '审核公租房资格申请', what: '户口、房产登记、车辆登记' },
  { at: ago(27), who: '合肥公积金（城市应用）', purpose: '登录应用', what: '应用内编号、实名等级' },
  { at: ago(400), who: '安徽省公安厅', purpose: '核对身份信息', what: '姓名、身份证号' },
]

export const messages = [
  { id: 'm1', title: '公租房资格申请需要补正', body: '劳动合同照片看不清签字页，请在 11 月 30 日前重新上传。', link: '/cases/341602000000-20261118-000231', at: ago(2), read: false },
  { id: 'm2', title: '居住证办理已受理', body: '合肥市公安局已受理您的申请，承诺 5 个工作日内办结。', link: '/cases/340100000000-20261119-000118', at: ago(26), read: false },
  { id: 'm3', title: '缴费成功', body: '不动产登记费 80.00 元已缴入国库，电子票据已开出。', link: '/bills/B2026111900018', at: ago(120), read: true },
]

export const licences = [
  { id: 'l1', type_name: '中华人民共和国居住证', identifier: '1.2.156.3005.2.11100000000013338W036.11340100MB0000001X.0000231.001.7', holder_masked: '周**', issuer_name: '合肥市公安局', issued_on: '2025-03-11', expires_on: '2027-03-10', state: 'valid', state_name: '有效' },
  { id: 'l2', type_name: '社会保障卡', identifier: '1.2.156.3005.2.11100000717811945R001.11340000003001003A.0088213.001.K', holder_masked: '周**', issuer_name: '安徽省人力资源和社会保障厅', issued_on: '2021-06-01', expires_on: null, state: 'valid', state_name: '有效' },
  { id: 'l3', type_name: '公共租赁住房保障资格通知书', identifier: '1.2.156.3005.2.11100000000014021M010.11341602MB0000002T.0000007.001.3', holder_masked: '周**', issuer_name: '谯城区住房和城乡建设局', issued_on: '2024-10-12', expires_on: '2025-10-11', state: 'expired', state_name: '已过期' },
]

export const bills = [
  { bill_no: 'B2026112100006', pay_code: '3416 0226 1121 0000 0612', title: '不动产登记费', amount_fen: 8000, state: 'unpaid', state_name: '待缴', agency_name: '合肥市自然资源和规划局', items: [{ name: '住宅类不动产登记', amount_fen: 8000 }], receipt_no: '', fee_class: 'treasury', due_on: null, refunded_fen: 0, channel: '' },
  { bill_no: 'B2026111900018', pay_code: '3401 0026 1119 0000 1843', title: '证照工本费', amount_fen: 1000, state: 'paid', state_name: '已缴', agency_name: '合肥市公安局', items: [{ name: '居住证工本费', amount_fen: 1000 }], receipt_no: '34060126-0000018', fee_class: 'treasury', due_on: null, refunded_fen: 0, channel: 'nontax', paid_at: ago(120) },
  { bill_no: 'B2026110500007', pay_code: '34160220260000001075', title: '道路交通安全违法罚款', amount_fen: 21800, state: 'overdue', state_name: '已逾期', agency_name: '亳州市公安局谯城分局', items: [{ name: '道路交通安全违法罚款', amount_fen: 20000, penalty_fen: 1800 }], receipt_no: '', fee_class: 'treasury', due_on: '2026-11-20', refunded_fen: 0, channel: '' },
  { bill_no: 'B2026101100031', pay_code: '34160220260000000312', title: '公共租赁住房租金（10月）', amount_fen: 65000, state: 'paid', state_name: '已缴', agency_name: '亳州市谯城区住房保障中心', items: [{ name: '公共租赁住房租金', amount_fen: 65000 }], receipt_no: '', fee_class: 'business', due_on: null, refunded_fen: 12050, channel: 'wechat', paid_at: ago(900) },
]

const step = (state_name: string, hours: number, by = '', note = '') => ({ state_name, at: ago(hours), by, note })
const base = { accepted_at: null, correction: null, bill: null, licence_id: null, outcome: null, department: '', version: 4, days_unit: 'workday', due_provisional: false, on_behalf_of: null, region_name: '亳州市谯城区' }
export const cases = [
  { ...base, case_no: '341602000000-20261118-000231', item_code: 'bz-gzf', item_name: '公共租赁住房保障资格申请', state: 'correction_asked', state_name: '等待补正', submitted_at: ago(96), due_on: '2026-11-30', days_left: 6,
    correction: { reason: '劳动合同照片看不清签字页，请重新拍一张；月收入请按税前填写。', fields: ['income'], materials: ['contract'], due_on: '2026-11-30' }, can: ['correct', 'withdraw'],
    steps: [step('已提交', 96, '周**'), step('收件', 90, '谯城区政务服务大厅'), step('补正告知', 2, '谯城区住房和城乡建设局', '劳动合同照片看不清签字页')] },
  { ...base, case_no: '340100000000-20261119-000118', item_code: 'hf-residence', item_name: '居住证办理', state: 'accepted', state_name: '审查中', submitted_at: ago(70), accepted_at: ago(48), due_on: '2026-11-26', days_left: 3, can: ['withdraw', 'choose_delivery'],
    steps: [step('已提交', 70, '周**'), step('受理', 48, '合肥市公安局', '材料齐全，予以受理'), step('审查', 20, '合肥市公安局')] },
  { ...base, case_no: '340100000000-20261120-000044', item_code: 'hf-house', item_name: '不动产转移登记', state: 'fee_due', state_name: '等待缴费', submitted_at: ago(60), accepted_at: ago(40), due_on: '2026-11-27', days_left: 4, can: ['choose_delivery', 'pay'],
    bill: { bill_no: 'B2026112100006', amount_fen: 8000, state: 'unpaid' }, steps: [step('已提交', 60, '周**'), step('受理', 40, '合肥市不动产登记中心'), step('等待缴费', 12, '合肥市不动产登记中心')] },
  { ...base, case_no: '340500000000-20261028-000902', item_code: 'ah-teacher', item_name: '教师资格证书遗失补发', state: 'closed', state_name: '已办结', submitted_at: ago(600), accepted_at: ago(590), due_on: '2026-10-30', days_left: null, can: [], licence_id: 'l2',
    steps: [step('已提交', 600, '周**'), step('受理', 590, '马鞍山市教育局'), step('准予', 580, '马鞍山市教育局'), step('办结', 578, '马鞍山市教育局', '证书已生成电子证照')] },
]

export const application = {
  data: { income: 3200 }, schema: { properties: { income: { type: 'number', title: '家庭月收入（元）', minimum: 0 } } }, ui_schema: { groups: [], widgets: {} },
  materials: [{ code: 'contract', name: '劳动合同', required: true, hint: '首页、签字页拍清楚', file: null }], version: 4,
}

export const draft = () => ({
  id: 'd1', item_code: 'bz-gzf', item_name: '公共租赁住房保障资格申请', version: 1,
  schema: {
    required: ['name', 'id_number', 'household', 'marriage', 'members', 'income', 'since', 'promise'],
    properties: {
      name: { type: 'string', title: '申请人姓名', maxLength: 50 }, id_number: { type: 'string', title: '身份证号', pattern: '^[\\d*]{17}[\\dX*]$' },
      household: { type: 'string', title: '户籍地址', maxLength: 60 }, marriage: { title: '婚姻状况', oneOf: [{ const: '10', title: '未婚' }, { const: '20', title: '已婚' }, { const: '40', title: '离婚' }, { const: '30', title: '丧偶' }] },
      members: { type: 'integer', title: '家庭人口', minimum: 1, maximum: 20 }, income: { type: 'number', title: '家庭月收入（元）', minimum: 0 },
      since: { type: 'string', format: 'date', title: '在本区就业开始日期' }, area: { type: 'number', title: '现住房面积（平方米）', minimum: 0 }, note: { type: 'string', title: '补充说明', maxLength: 300 },
      promise: { type: 'boolean', title: '没有享受过其他住房保障', const: true },
    },
  },
  ui_schema: {
    groups: [{ title: '申请人', fields: ['name', 'id_number', 'household', 'marriage'] }, { title: '家庭与收入', fields: ['members', 'income', 'since', 'area', 'note', 'promise'] }],
    widgets: { note: { kind: 'textarea', placeholder: '有特殊情况可以写在这里' }, income: { hint: '全家税前收入之和，按最近三个月平均' }, since: { kind: 'date' } },
  },
  data: { name: '周晓岚', id_number: '34160219900307102X', household: '安徽省亳州市谯城区花戏楼街道', marriage: '20', members: 3 } as Record<string, unknown>,
  sources: { name: { source_name: '人口库' }, id_number: { source_name: '人口库' }, household: { source_name: '户籍登记' }, marriage: { source_name: '婚姻登记', as_of: '2026-11-20' } },
  materials: [
    { code: 'promise', name: '个人承诺书', required: true, hint: '签好名后拍照', file: null as object | null },
    { code: 'contract', name: '劳动合同', required: true, hint: '首页和签字页，字要看得清', file: null as object | null },
  ],
})
