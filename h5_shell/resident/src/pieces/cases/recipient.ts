import type { Recipient } from '@/api/progress'

/** What is wrong with an address for a courier, by field. The server judges again. */
export function wrongRecipient(to: Recipient): Record<string, string> {
  return {
    ...(to.name.trim() ? {} : { name: '请填写收件人' }),
    ...(/^1[3-9]\d{9}$/.test(to.phone) ? {} : { phone: '手机号应是 11 位数字' }),
    ...(to.address.trim().length >= 5 ? {} : { address: '请填写详细地址' }),
  }
}
