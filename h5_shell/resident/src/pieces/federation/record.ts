import type { UserRecord } from '@/api/federation'
import { day, tierName } from '@/shell/format'

/** The standard field set (auth/federation/data/user_record.json) in the words of the person it is about. */
export interface Fact { name: string; value: string; secret?: boolean }

const SEX: Record<string, string> = { 1: '男', 2: '女' }
const ID_CARD = '111'
/** The national levels of trust are an account, then our tiers 1 and 2 (auth/federation/rules.py). */
const tierOf = (level: string) => tierName(Number(level) - 2)
const text = (value: unknown) => (typeof value === 'string' ? value : '')
export const masked = (value: string) => (value.length < 8 ? value : `${value.slice(0, 3)}${'*'.repeat(value.length - 7)}${value.slice(-4)}`)

export function facts(user: UserRecord, cityName: (code: string) => string): Fact[] {
  const of = (field: string) => text(user[field])
  return [
    { name: '姓名', value: of('user_name') },
    { name: '性别', value: SEX[of('user_sex')] ?? '' },
    { name: '民族', value: of('user_nation') },
    { name: '出生日期', value: day(of('user_birthday')) },
    { name: '证件类型', value: of('cert_type') === ID_CARD ? '居民身份证' : of('cert_type') },
    { name: '证件号码', value: of('cert_no'), secret: true },
    { name: '证件有效期', value: of('cert_ext_date') ? `到${day(of('cert_ext_date'))}` : '长期，或没有登记' },
    { name: '手机号', value: of('user_mobile'), secret: true },
    { name: '常住城市', value: cityName(of('user_region')) },
    { name: '实名等级', value: tierOf(of('user_real_lvl')) },
    { name: '等级有效期', value: of('real_until') ? `到${day(of('real_until'))}` : '长期' },
    { name: '账号状态', value: of('user_state') === 'active' ? '正常' : '已注销' },
  ]
}
