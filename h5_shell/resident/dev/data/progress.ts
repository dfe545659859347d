/** How a case of the pretend back end goes, and the times at its window. */
const days = [['2026-11-24', true, '工作日'], ['2026-11-25', true, '工作日'], ['2026-11-26', true, '工作日'], ['2026-11-27', true, '工作日'], ['2026-11-28', false, '周末'], ['2026-11-29', false, '周末'], ['2026-11-30', true, '工作日']] as const
const stage = (name: string, label: string, state: string, officer = '') => ({ name, label, state, start: null, end: null, officer, opinion: '', reason: '' })
const slot = (id: string, hour: number, left: number) => ({
  id, item_code: 'bz-gzf', item_name: '公共租赁住房保障资格申请', hall: '谯城区政务服务中心', begins_at: `2026-11-24T0${hour}:00:00Z`, ends_at: `2026-11-24T0${hour}:30:00Z`, seats: 4, left,
})

export const progressRoutes: [string, () => unknown][] = [
  ['GET /cases/:/clock', () => ({ name: '办理时限', start: '2026-11-23', days: 5, unit: 'workday', due_on: '2026-11-30', provisional: false, used: 2, left: 3, paused: false, pauses: [], extension: null, lines: days.map(([date, counted, reason]) => ({ date, counted, reason })) })],
  ['GET /cases/:/documents', () => ({ items: [{ id: 'w1', kind: 'acceptance', title: '受理通知书', number: '受字〔2026〕第2号', sha256: 'a', state: 'ready', created_at: '2026-11-23T02:00:00Z', url: '/mark.svg' }] })],
  ['GET /cases/:/course', () => ({ stages: [stage('acceptance', '受理', 'done', '谯城区住房和城乡建设局'), stage('check', '审查', 'current'), stage('approval', '审批', 'waiting'), stage('delivery', '送达', 'waiting')], legal: [], chain: [] })],
  ['GET /items/:/experiences', () => ({ posts: [{ id: 'e1', text: '合同拍照时要平放，第一次拍歪了被退回来。', helpful: 12, at: '2026-11-01T00:00:00Z' }] })],
  ['POST /experiences/:/helpful', () => ({ helpful: 13 })],
  ['GET /items/:/difference', () => ({ changes: [], materials_added: [], materials_removed: [], reductions: [{ what: 'to_site_times', before: 3, after: 0 }] })],
  ['GET /appointment-slots', () => ({ items: [slot('s1', 1, 2), slot('s2', 2, 0)] })],
  ['GET /appointments', () => ({ items: [{ id: 'b1', state: 'booked', state_name: '已预约', booked_at: '2026-11-23T01:00:00Z', slot: slot('s1', 1, 2) }] })],
]
