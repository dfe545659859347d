/** Parcels, papers that a case waits for, message settings and a move-car code of the pretend back end. */
const at = (day: number, hour: number) => `2026-11-${day}T${String(hour).padStart(2, '0')}:00:00+08:00`
const track = (day: number, hour: number, state_name: string, place: string) => ({ at: at(day, hour), state_name, place })
const parcel = {
  id: 'p1', about: 'originals:341602000000202611230001', direction: 'in', contents: [{ name: '体检合格证明', number: '1' }, { name: '学历证书', number: '1' }], contents_digest: 'a'.repeat(64),
  state: 'postage_due', state_name: '待付邮费', waybill: '', carrier_name: '', intact: null as boolean | null, pick_up_from: at(24, 10), pick_up_until: at(24, 12), payer: 'resident', postage_fen: 1200,
  bill_no: 'B2026112100006', agreed_at: null as string | null, can: ['pay', 'reschedule', 'cancel'], version: 1, tracks: [] as object[],
}
export const parcels = [
  parcel,
  { ...parcel, id: 'p2', state: 'ordered', state_name: '待揽收', waybill: 'EM077273181266', carrier_name: '中国邮政速递（EMS）', can: ['reschedule', 'cancel', 'agree'] },
  { ...parcel, id: 'p3', about: 'case:341602000000202611180002', direction: 'out', contents: [{ name: '居住证', number: '341602000000202611180002' }], state: 'out_for_delivery', state_name: '派送中', waybill: 'SF1234567890', carrier_name: '顺丰速运', payer: 'agency', bill_no: '', can: [],
    tracks: [track(22, 9, '已揽收', '亳州谯城营业部'), track(22, 21, '运输中', '合肥中转场'), track(23, 8, '派送中', '谯城魏武大道营业点')] },
  { ...parcel, id: 'p4', state: 'received', state_name: '已核收', waybill: 'EM0000001', carrier_name: '中国邮政速递（EMS）', intact: false, agreed_at: at(20, 10), can: [], tracks: [track(20, 11, '已揽收', '亳州'), track(21, 9, '已签收', '合肥')] },
]
const papers = { state: 'awaited', state_name: '待寄送', contents: parcel.contents, digest: parcel.contents_digest, postage: { carrier_name: '中国邮政速递（EMS）', payer: 'resident', amount_fen: 1200 }, parcel_id: null, parcel_state: '', parcel_state_name: '', waybill: '' }
const slots = [24, 25].flatMap(day => [8, 10, 12, 14, 16].map(hour => ({ start: at(day, hour), end: at(day, hour + 2), free: !(day === 24 && hour < 12) })))
const code = { id: 'm1', plate: '皖S·A1956', state: 'active', state_name: '使用中', number: '000012', tail: '56', created_at: at(20, 9) }
const request = (id: string, state: string, state_name: string, answer: string, answer_name: string) => ({ id, code_id: 'm1', reason: 'blocking', reason_name: '挡住出入口', state, state_name, step: 'message', answer, answer_name, created_at: at(23, 9) })
let preference: unknown = { off: ['alipay'], quiet_begins: 22, quiet_ends: 7 }

export const parcelRoutes: [string, (c: { path: string[]; body: Record<string, unknown> }) => unknown][] = [
  ['GET /parcels', () => ({ items: parcels })],
  ['GET /parcels/:', c => parcels.find(p => p.id === c.path[1])],
  ['GET /cases/:/originals', () => papers],
  ['GET /cases/:/postage', () => papers.postage],
  ['POST /cases/:/originals/slots', () => ({ items: slots })],
  ['POST /cases/:/originals/pick-up', () => ({ ...papers, parcel_id: 'p1', parcel_state: 'postage_due' })],
  ['GET /me/notices/preferences', () => preference],
  ['PUT /me/notices/preferences', c => (preference = c.body)],
  ['GET /move-car/codes', () => ({ items: [code] })],
  ['GET /move-car/requests', () => ({ items: [request('r1', 'waiting', '等待答复', '', ''), request('r2', 'moved', '车辆已挪走', 'coming', '马上到')] })],
]
