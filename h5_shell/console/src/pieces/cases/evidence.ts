import type { DeskCase } from '#console/api/cases.ts'
import { moment } from '#console/shell/format.ts'

const ACTS: Record<string, string> = { 'cases.submit': '提交申请', 'cases.correct': '提交补正' }
const METHODS: Record<string, string> = { live_face: '实时人脸核验', voiceprint: '声纹核验', video: '视频人工核验', certificate: '个人数字证书' }
const GROUNDS: Record<string, string> = {
  engine: '比对引擎', score: '相似度', likeness: '声音相似度', officer: '核验人员', region: '核验地区', recording_sha256: '录像指纹', authority: '认证机构', serial: '证书序列号',
}
const CODES = /指纹|序列号|人员|引擎/
export interface EntryLines { seq: number; what: string; at: string; facts: [string, string][]; codes: [string, string][] }

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** One entry as an officer reads it: words first, then what only a check needs. */
export function entriesOf(evidence: DeskCase['evidence'], applicant: string, now = new Date()): EntryLines[] {
  return (evidence?.entries ?? []).map(({ seq, facts, hash, previous, kind }) => {
    const f = facts as Record<string, unknown>
    const ground = Object.entries((f.ground ?? {}) as Record<string, unknown>).map(([k, v]) => [GROUNDS[k] ?? k, text(v)] as [string, string])
    return {
      seq,
      what: ACTS[text(f.act)] ?? ACTS[kind] ?? kind,
      at: moment(text(f.used_at), now),
      facts: [['何人', applicant], ['方式', METHODS[text(f.method)] ?? text(f.method)], ['核验于', moment(text(f.proven_at), now)], ['效力', text(f.attendance)], ...ground.filter(([k]) => !CODES.test(k))],
      codes: [['内容', text(f.digest)], ['证明', text(f.proof_hash)], ...ground.filter(([k]) => CODES.test(k)), ['本条', hash], ['上一条', previous || '（首条）']],
    }
  })
}
