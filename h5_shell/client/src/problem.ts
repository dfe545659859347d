/** RFC 9457 problem+json as the back end sends it, as an exception pages can show. */
export interface FieldError { field: string; message: string }
/** An act that needs a proof of its own: what to open a challenge with. */
export interface ActAsked { act: string; act_name: string; about: string; digest: string }
export interface ProblemBody {
  code: string
  title: string
  detail?: string
  status: number
  errors?: FieldError[]
  required_tier?: number
  case_no?: string
  retry_after_s?: number
  act?: ActAsked
  request_id?: string
}

export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly errors: FieldError[]
  /** The tier that was missing, when that was the reason. */
  readonly requiredTier: number | null
  /** The case that stands in the way, when that was the reason. */
  readonly caseNo: string | null
  /** Seconds to wait, when asking too often was the reason. */
  readonly retryAfterS: number
  /** The act that must be proved first, when that was the reason. */
  readonly act: ActAsked | null
  /** The request that was kept although nothing was done yet, when that was the reason. */
  readonly requestId: string | null

  constructor(body: Partial<ProblemBody>, status = 0) {
    super(body.detail || body.title || (status === 429 ? '操作太频繁，请稍等一会儿再试' : '服务暂时不可用，请稍后再试'))
    this.code = body.code ?? 'unknown'
    this.status = body.status ?? status
    this.errors = body.errors ?? []
    this.requiredTier = body.required_tier ?? null
    this.caseNo = body.case_no ?? null
    this.retryAfterS = body.retry_after_s ?? 0
    this.act = body.act ?? null
    this.requestId = body.request_id ?? null
  }

  get offline(): boolean {
    return this.code === 'client.offline'
  }

  /** First message for each field. */
  byField(): Record<string, string> {
    const found: Record<string, string> = {}
    for (const e of this.errors) found[e.field] ??= e.message
    return found
  }
}

export const offlineProblem = () => new ApiProblem({ code: 'client.offline', detail: '网络连接不上，请检查网络后重试' })

export async function problemFrom(response: Response): Promise<ApiProblem> {
  const body = await response.json().catch(() => ({})) as Partial<ProblemBody>
  return new ApiProblem(body, response.status)
}
export function messageOf(error: unknown): string {
  return error instanceof ApiProblem ? error.message : '出了点问题，请稍后再试'
}
