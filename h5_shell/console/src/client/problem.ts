/** A refusal of the back end (RFC 9457 problem+json), sorted by what an officer can do about it. */
export interface FieldError { field: string; message: string }
export interface ProblemBody { code: string; title: string; detail?: string; status: number; errors?: FieldError[]; retry_after_s?: number; pending?: string; methods?: string[]; enrol?: string[] }
/** A sign-in whose password was right, and what still lets it in. */
export interface Pending { pending: string; methods: string[]; enrol: string[] }

export type ProblemKind =
  | 'offline' /* try again when the line is back */
  | 'session' /* sign in again */
  | 'conflict' /* somebody was first: look again, then act */
  | 'forbidden' | 'missing' | 'invalid'
  | 'busy' /* wait */
  | 'down' /* not our doing, not theirs */

const FALLBACK: Record<ProblemKind, string> = {
  offline: '网络连接不上，请检查网络后重试',
  session: '登录已失效，请重新登录',
  conflict: '内容已发生变化，请刷新后再试',
  forbidden: '您的岗位没有此项权限',
  missing: '没有找到相关内容',
  invalid: '填写的内容有误，请检查后再试',
  busy: '操作太频繁，请稍后再试',
  down: '服务暂时不可用，请稍后再试',
}

const KINDS: Record<number, ProblemKind> = {
  0: 'offline', 401: 'session', 403: 'forbidden', 404: 'missing', 409: 'conflict', 412: 'conflict', 428: 'conflict', 429: 'busy',
}
const kindOf = (status: number): ProblemKind => KINDS[status] ?? (status >= 400 && status < 500 ? 'invalid' : 'down')

const MARKS: Record<string, string> = { ',': '，', ';': '；', ':': '：' }
/** The back end writes ASCII marks between Chinese words; people read full-width ones. */
export const chinese = (text: string) => text.replace(/(?<=[\u4e00-\u9fff）」])([,;:])\s?(?=[\u4e00-\u9fff（「])/g, mark => MARKS[mark.trim()] ?? mark)

function waiting(body: Partial<ProblemBody>): string {
  if (!body.retry_after_s) return ''
  return body.retry_after_s < 90 ? `（约 ${body.retry_after_s} 秒后可再试）` : `（约 ${Math.ceil(body.retry_after_s / 60)} 分钟后可再试）`
}

export class ApiProblem extends Error {
  readonly kind: ProblemKind
  readonly code: string
  readonly status: number
  readonly errors: FieldError[]
  readonly pending: Pending | null
  /** Members of the problem that only one page knows. */
  readonly more: Record<string, unknown>

  constructor(body: Partial<ProblemBody>, status: number) {
    const kind = kindOf(status)
    const said = body.detail || body.title || FALLBACK[kind]
    const named = (body.errors ?? []).map(e => e.message).filter(Boolean)
    super(chinese([said, [...new Set(named)].join('；')].filter(Boolean).join('：')) + waiting(body))
    this.kind = kind
    this.code = body.code ?? 'unknown'
    this.status = status
    this.errors = body.errors ?? []
    this.more = { ...body }
    this.pending = body.pending ? { pending: body.pending, methods: body.methods ?? [], enrol: body.enrol ?? [] } : null
  }
}

export const offlineProblem = () => new ApiProblem({ code: 'client.offline' }, 0)

/** Anything that was thrown, as a problem; a fault of this page is `down`, never a blank. */
export function problemOf(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem({ code: 'client.fault', detail: '页面出了点问题，请刷新后再试' }, 500)
}
