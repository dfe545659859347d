import type { Grey, GreyAsked } from '#console/api/miniapps.ts'

/** The rollout in its form; times are those of the province. */
export interface GreyForm { permille: number; error_permille: number; regions: string[]; systems: string[]; starts_at: string; ends_at: string; openids: string }

const HOURS_EAST = 8
const local = (at: string | null) => (at ? new Date(Date.parse(at) + HOURS_EAST * 3_600_000).toISOString().slice(0, 16) : '')
const utc = (at: string) => (at ? new Date(`${at}:00+08:00`).toISOString() : null)
const namesOf = (text: string) => [...new Set(text.split(/[\s，,；;]+/).filter(Boolean))]

/** What stands now, or a careful beginning. */
export function greyForm(now: Grey | null): GreyForm {
  if (!now) return { permille: 10, error_permille: 50, regions: [], systems: [], starts_at: '', ends_at: '', openids: '' }
  const { permille, error_permille, regions, systems } = now
  return { permille, error_permille, regions: [...regions], systems: [...systems], starts_at: local(now.starts_at), ends_at: local(now.ends_at), openids: now.openids.join('\n') }
}

export function greyErrors(f: GreyForm, now = Date.now()): Partial<Record<keyof GreyForm, string>> {
  const ids = namesOf(f.openids)
  const bad = ids.find(id => !/^[0-9a-f]{40}$/.test(id))
  const region = f.regions.find(code => !/^\d{6}(\d{3})?$/.test(code))
  const ends = utc(f.ends_at)
  return {
    permille: Number.isInteger(f.permille) && f.permille >= 0 && f.permille <= 1000 ? undefined : '请填 0 到 1000 的整数',
    error_permille: Number.isInteger(f.error_permille) && f.error_permille >= 1 && f.error_permille <= 500 ? undefined : '请填 1 到 500 的整数',
    regions: region ? `“${region}”不是地区代码，应为 6 位或 9 位数字` : undefined,
    ends_at: !ends ? undefined : f.starts_at && f.ends_at <= f.starts_at ? '结束时间应晚于开始时间' : Date.parse(ends) <= now ? '结束时间已经过去' : undefined,
    openids: bad ? `“${bad.slice(0, 12)}${bad.length > 12 ? '…' : ''}”不是用户标识，应为 40 位小写十六进制` : ids.length > 500 ? '最多 500 个' : f.permille === 0 && !ids.length ? '比例为 0 时，请至少填一个用户标识' : undefined,
  }
}

export function greyBody(f: GreyForm): GreyAsked {
  return {
    permille: f.permille, error_permille: f.error_permille, regions: f.regions, systems: f.systems as GreyAsked['systems'],
    starts_at: utc(f.starts_at), ends_at: utc(f.ends_at), openids: namesOf(f.openids),
  }
}
