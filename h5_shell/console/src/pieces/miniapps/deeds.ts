import type { App, Version } from '#console/api/miniapps.ts'

/** Who looks: what their roles let them do, and for which division. */
export interface Who { publisher: boolean; reviewer: boolean; region: string }
export type VersionDeed = 'trial' | 'submit' | 'withdraw' | 'approve' | 'refuse' | 'grey' | 'regrey' | 'halt' | 'resume' | 'release' | 'roll_back'
export type AppDeed = 'key' | 'go_back' | 'floor' | 'suspend' | 'reopen' | 'retire'

export const whoIs = (officer: { roles: string[]; region: string } | null): Who => ({
  publisher: officer?.roles.includes('city_publisher') ?? false,
  reviewer: officer?.roles.includes('miniapp_reviewer') ?? false,
  region: officer?.region ?? '',
})

/** From which states a deed leads on: the edges of miniapps/rules/lifecycle.py, compared by a test. */
export const COME_FROM = {
  submit: ['checked', 'trial'],
  withdraw: ['checked', 'trial', 'submitted', 'city_approved', 'approved'],
  refuse: ['submitted', 'city_approved'],
  grey: ['approved'],
  halt: ['grey'],
  resume: ['halted'],
  release: ['approved', 'grey'],
} as const
/** On whom it is tried now; one version at a time. */
const UNDER_WAY = ['grey', 'halted']
const TRIED = ['checked', 'trial', 'submitted', 'city_approved', 'approved']

export const isProvince = (region: string) => region.endsWith('0000')
/** An app's id names its home: ah341600housing is at home in 341600. */
export const homeOf = (appid: string) => appid.slice(2, 8)
const cityGoesFirst = (v: Version) => v.state === 'submitted' && !isProvince(homeOf(v.appid))

/** To which versions the pointer can go back; never below the lowest allowed. */
export const goBackTo = (app: App, versions: Version[]) => versions.filter(v => v.state === 'superseded' && v.code >= app.floor)
/** Up to where the lowest version can be raised. */
export const floorsOf = (app: App, versions: Version[]) => versions.filter(v => v.code > app.floor && v.code <= app.current)

/** What this person can do with a version now, in the order in which it is usually done. */
export function versionDeeds(v: Version, app: App, versions: Version[], who: Who): VersionDeed[] {
  if (app.state === 'retired') return []
  const from = (deed: keyof typeof COME_FROM) => (COME_FROM[deed] as readonly string[]).includes(v.state)
  const mayGoOut = app.state === 'active' && v.code > app.current && v.code >= app.floor
  const otherTried = versions.some(o => UNDER_WAY.includes(o.state) && o.code !== v.code)
  const inProvince = isProvince(who.region)
  const can: [VersionDeed, boolean][] = [
    ['approve', who.reviewer && (inProvince ? v.state === 'city_approved' || (v.state === 'submitted' && !cityGoesFirst(v)) : v.state === 'submitted')],
    ['refuse', who.reviewer && from('refuse') && (inProvince || v.state === 'submitted')],
    ['submit', who.publisher && from('submit')],
    ['grey', who.publisher && from('grey') && mayGoOut && !otherTried],
    ['regrey', who.publisher && UNDER_WAY.includes(v.state) && mayGoOut],
    ['halt', who.publisher && from('halt')],
    ['resume', who.publisher && from('resume') && app.state === 'active'],
    ['release', (who.publisher || who.reviewer) && from('release') && mayGoOut],
    ['trial', (who.publisher || who.reviewer) && TRIED.includes(v.state)],
    ['withdraw', who.publisher && from('withdraw')],
    ['roll_back', who.publisher && UNDER_WAY.includes(v.state)],
  ]
  return can.filter(([, yes]) => yes).map(([deed]) => deed)
}

export function appDeeds(app: App, versions: Version[], who: Who): AppDeed[] {
  const can: [AppDeed, boolean][] = [
    ['key', who.publisher && app.state !== 'retired'],
    // From the head of the page: in an emergency nobody should have to find the row first.
    ['go_back', who.publisher && app.state === 'active' && app.current > 0 && goBackTo(app, versions).length > 0],
    ['floor', who.reviewer && app.state !== 'retired' && floorsOf(app, versions).length > 0],
    ['suspend', who.reviewer && app.state === 'active'],
    ['reopen', who.reviewer && app.state === 'suspended'],
    ['retire', who.reviewer && app.state !== 'retired'],
  ]
  return can.filter(([, yes]) => yes).map(([deed]) => deed)
}

/** For whom a version waits; nothing when it waits for its own team. */
export function waitsFor(v: Version): string {
  if (v.state === 'city_approved') return '市级已通过，等待省级审核员审核'
  if (v.state !== 'submitted') return ''
  return cityGoesFirst(v) ? '等待市级审核员审核，通过后由省级审核' : '等待省级审核员审核'
}

export const DEED_NAMES: Record<VersionDeed | AppDeed, string> = {
  trial: '体验链接', submit: '提交审核', withdraw: '撤回', approve: '审核通过', refuse: '审核不通过', grey: '开始灰度', regrey: '调整灰度', halt: '暂停灰度',
  resume: '恢复灰度', release: '全量发布', roll_back: '回退灰度', go_back: '回退版本', key: '应用密钥', floor: '提高最低版本', suspend: '下架', reopen: '恢复上架', retire: '停用',
}
export const GRAVE: string[] = ['refuse', 'roll_back', 'go_back', 'suspend', 'retire', 'withdraw']
