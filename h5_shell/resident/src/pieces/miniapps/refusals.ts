import { BridgeRefusal } from '@wanshi/bridge/host'
import { codes, type Code } from '@wanshi/bridge/protocol'
import { ApiProblem, messageOf } from '@wanshi/client'

const BY_CODE: Record<string, Code> = {
  'miniapps.scope_undeclared': codes.undeclared,
  'miniapps.scope_unapproved': codes.unapproved,
  'miniapps.consent_needed': codes.refused,
  'miniapps.proof_invalid': codes.badProof,
  'miniapps.no_such_launch': codes.ended,
  'miniapps.suspended': codes.ended,
  'client.offline': codes.offline,
}
const BY_STATUS: Record<number, Code> = { 401: codes.tierTooLow, 429: codes.tooMany }

/** A problem of the back end in the bridge's own words; whatever else went wrong stays ours. */
export function refusalOf(error: unknown, scope?: string): BridgeRefusal {
  if (error instanceof BridgeRefusal) return error
  const code = error instanceof ApiProblem ? BY_CODE[error.code] ?? BY_STATUS[error.status] : undefined
  return Object.assign(new BridgeRefusal(code ?? codes.failed, messageOf(error), scope), { cause: error })
}
/** The back end's problem behind a refusal: the shell's own pages may read more of it than an app. */
export function causeOf(error: unknown): ApiProblem | null {
  const found = error instanceof BridgeRefusal ? (error as { cause?: unknown }).cause : error
  return found instanceof ApiProblem ? found : null
}
export const cancelled = (what: string) => new BridgeRefusal(codes.cancelled, what)
export const unsupported = (why: string) => new BridgeRefusal(codes.unsupported, why)
export const malformed = (why: string) => new BridgeRefusal(codes.badRequest, why)
/** What a sheet answered; one that was closed ends the call. */
export async function given<T>(answer: Promise<T | null>, closed = '用户取消了'): Promise<T> {
  const found = await answer
  if (found === null) throw cancelled(closed)
  return found
}
