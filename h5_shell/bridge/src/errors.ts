/**
 * One table of errors: what each dialect calls our refusals. Numbers a vendor publishes are
 * used where it has one for the case; croods publishes four, so the rest is its general fault.
 */
import { codes, type Code } from './protocol'

export interface Numbers {
  zwjs: number
  croods: number
  /** What follows the colon of `err_msg`. */
  weixin: string
  alipay: number
  dingtalk: string
}
const CROODS_FAULT = 10001
const row = (zwjs: number, croods: number, weixin: string, alipay: number, dingtalk: string): Numbers =>
  ({ zwjs, croods, weixin, alipay, dingtalk })

export const NUMBERS: Readonly<Record<Code, Numbers>> = {
  [codes.unknownMethod]: row(1, CROODS_FAULT, 'function not exist', 1, '1'),
  [codes.unsupported]: row(1, CROODS_FAULT, 'function not exist', 1, '1'),
  [codes.badRequest]: row(2, CROODS_FAULT, 'fail_invalid parameter', 2, '2'),
  [codes.tooMany]: row(1002, CROODS_FAULT, 'fail_system busy', 3, '3'),
  [codes.undeclared]: row(1001, CROODS_FAULT, 'access_denied', 4, '7'),
  [codes.unapproved]: row(1001, CROODS_FAULT, 'access_denied', 4, '7'),
  [codes.refused]: row(1001, 10007, 'fail_auth deny', 4, '7'),
  [codes.cancelled]: row(-1, 10007, 'cancel', 11, '-1'),
  [codes.tierTooLow]: row(1001, CROODS_FAULT, 'access_denied', 4, '7'),
  [codes.gestureNeeded]: row(-1, 10007, 'cancel', 4, '7'),
  [codes.badProof]: row(1001, CROODS_FAULT, 'fail_invalid signature', 4, '7'),
  [codes.ended]: row(5, CROODS_FAULT, 'fail', 3, '3'),
  [codes.offline]: row(60002, 10012, 'fail_network error', 3, '3'),
  [codes.failed]: row(1002, CROODS_FAULT, 'fail', 3, '3'),
}

/** A refusal as `dialect` counts it; what we do not know is a fault of the host. */
export function numbers(code: string): Numbers {
  return Object.prototype.hasOwnProperty.call(NUMBERS, code) ? NUMBERS[code as Code] : NUMBERS[codes.failed]
}
