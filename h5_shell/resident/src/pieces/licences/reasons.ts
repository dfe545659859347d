const WHY: Record<string, string> = {
  unknown: '核验码不对，请让对方重新亮证',
  used: '这个码已经核验过一次。要再看，请对方换一个新码',
  signature: '证照的签名对不上，请不要采信',
  suspended: '这张证照暂停使用',
  revoked: '这张证照已被撤销',
  making: '这张证照还在制证',
}
/** Why a verification failed. “Expired” is said of the code and of the licence. */
export function whyNot(reason: string, hasLicence: boolean): string {
  if (reason === 'expired') return hasLicence ? '这张证照已过有效期' : '核验码已过期，请对方换一个新码'
  return WHY[reason] ?? '请让对方重新亮证'
}
