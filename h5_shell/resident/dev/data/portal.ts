/** Plausible answers for the development server. Fictional people and departments only. */
export const platform = { name: '万事', region: { code: '340000', name: '安徽省' }, tier: 'province', version: '0.1.0', min_client_version: '0.1.0', demo: true }

export const cities = [
  ['340100', '合肥市'], ['340200', '芜湖市'], ['340300', '蚌埠市'], ['340400', '淮南市'], ['340500', '马鞍山市'], ['340600', '淮北市'],
  ['340700', '铜陵市'], ['340800', '安庆市'], ['341000', '黄山市'], ['341100', '滁州市'], ['341200', '阜阳市'], ['341300', '宿州市'],
  ['341500', '六安市'], ['341600', '亳州市'], ['341700', '池州市'], ['341800', '宣城市'],
].map(([code, name]) => ({ code, name, level: 'city' }))

export const apps = [
  { appid: 'hf.gjj', name: '合肥公积金', short_name: '公积金', icon_url: '', summary: '余额、提取、贷款', region_name: '合肥市', region_code: '340100', mode: 'h5', category: 'housing', category_name: '住房保障', owner_name: '合肥市住房公积金管理中心', min_tier: 2 },
  { appid: 'hf.transit', name: '合肥公交乘车码', short_name: '乘车码', icon_url: '', summary: '公交地铁扫码乘车', region_name: '合肥市', region_code: '340100', mode: 'h5', category: 'transport', category_name: '交通出行', owner_name: '合肥市交通运输局', min_tier: 1 },
  { appid: 'ah.movecar', name: '码上挪车', short_name: '挪车', icon_url: '', summary: '扫码请车主挪车', region_name: '全省', region_code: '340000', mode: 'h5', category: 'transport', category_name: '交通出行', owner_name: '安徽省数据资源局', min_tier: 0 },
  { appid: 'bz.gzf', name: '亳州公租房', short_name: '公租房', icon_url: '', summary: '申请、配租、续租', region_name: '亳州市', region_code: '341600', mode: 'h5', category: 'housing', category_name: '住房保障', owner_name: '亳州市住房和城乡建设局', min_tier: 2 },
  { appid: 'tl.bianmin', name: '铜陵便民', short_name: '便民', icon_url: '', summary: '查公积金、预约看房、找网点', region_name: '全省', region_code: '340000', mode: 'api', category: 'utilities', category_name: '生活缴费', owner_name: '铜陵市数据资源局', min_tier: 0 },
]

export const items = [
  { code: 'bz-gzf', name: '公共租赁住房保障资格申请', department: '亳州市谯城区住房和城乡建设局', region_name: '安徽省', min_tier: 2 },
  { code: 'ah-card', name: '社会保障卡启用', department: '人力资源社会保障局', region_name: '安徽省', min_tier: 1 },
  { code: 'bz-elder', name: '80 周岁以上老年人高龄津贴发放', department: '谯城区民政局', region_name: '安徽省', min_tier: 1 },
  { code: 'hf-residence', name: '居住证办理', department: '合肥市公安局', region_name: '安徽省', min_tier: 1 },
  { code: 'ah-teacher', name: '教师资格证书遗失、损毁补（换）发', department: '教育局', region_name: '安徽省', min_tier: 1 },
]

export const quick = [
  { title: '公租房', icon: 'house', target: '/items/bz-gzf' }, { title: '社保卡', icon: 'card', target: '/search?q=社保卡' },
  { title: '公积金', icon: 'wallet', target: '/apps/hf.gjj' }, { title: '不动产', icon: 'seal', target: '/search?q=不动产' },
  { title: '教育', icon: 'school', target: '/search?q=教师' }, { title: '医保', icon: 'heart', target: '/search?q=医保' },
  { title: '车辆', icon: 'car', target: '/search?q=车' }, { title: '开办企业', icon: 'briefcase', target: '/search?q=企业' },
]

export const notices = [
  { title: '公租房资格申请材料由 11 份减到 2 份', date: '2026-11-18' },
  { title: '社会保障卡线上启用服务在全省开通', date: '2026-11-10' },
]

export const guide = {
  code: 'bz-gzf', name: '公共租赁住房保障资格申请', region_name: '亳州市谯城区', department: '谯城区住房和城乡建设局', item_type: '公共服务', min_tier: 2,
  legal_limit: { days: 20, unit: 'workday' }, promise_limit: { days: 7, unit: 'workday' }, fee_fen: 0, fee_note: '', to_site_times: 0,
  materials: [
    { code: 'promise', name: '个人承诺书', required: true, source_class: 'D', how: '在手机上填写，签名后拍照上传', sample_url: null },
    { code: 'contract', name: '劳动合同', required: true, source_class: 'C', how: '首页、签字页拍清楚；没有单位的不用交', sample_url: null },
  ],
  conditions: ['本区城镇户口满一年，或有居住证且在本区稳定就业满一年。', '家庭人均住房面积低于 15 平方米。', '家庭人均月收入低于上年度城镇居民人均可支配收入。'],
  steps: [
    { name: '网上提交', detail: '填写申请，上传两份材料' }, { name: '部门核对', detail: '户口、房产、车辆等由部门之间核对，不用您开证明' },
    { name: '公示', detail: '在区政府网站公示 3 天，只显示姓和申请编号' }, { name: '出结果', detail: '发资格通知书，可在“证照”里看到' },
  ],
  basis: ['《公共租赁住房管理办法》（住房和城乡建设部令第 11 号）第七条'], result_name: '保障资格通知书', consult_phone: '0558-5550123', complaint_phone: '0558-5550456',
  faqs: [{ q: '和父母住在一起能申请吗？', a: '能。按您的家庭算人均住房面积，成年单身子女可以单独申请。' }, { q: '要不要跑大厅？', a: '不用。全程网上办，需要看房时会提前打电话。' }],
  appointment: true, address: '谯城区政务服务中心二楼', office_hours: '工作日 9:00—17:00', delivery: ['download', 'window', 'courier'], intermediaries: [], link: '/items/bz-gzf', online_depth: 4, policies: [], notices: [], review_points: [{ code: 'p1', name: '劳动合同完整、清晰', how: '看得清签字页' }],
  version: 3, saved_materials: { before: 11, now: 2 },
}
