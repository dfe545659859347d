import type { TicketField } from '@/api/miniapps'

interface Told { title: string; note: string }
const NOTES: Record<TicketField['key'], string> = {
  openid: '只在这个应用里用，不能和别的应用对上',
  tier: '只说到哪一级，不说怎么核验的',
  region: '这个应用服务哪个地区，不是您在哪里',
  name: '您的姓名',
  phone: '您的手机号码',
  id_number: '完整的身份证号码，每给一次都会记下来',
}
/** What the page itself may learn (`ah.auth.getUser`); the back end of an app gets the ticket's fields. */
const PAGE: Told[] = [
  { title: '应用内编号', note: NOTES.openid }, { title: '实名等级', note: NOTES.tier }, { title: '隐去部分的姓名', note: '像“王*”这样，只用来称呼您' },
]
const SENSITIVE: [TicketField['key'], string][] = [['name', '姓名'], ['id_number', '身份证号'], ['phone', '手机号']]
const joined = (words: string[]) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join('、')}和${words.at(-1)}`)

/** What an app gets with a permission, in plain words, and which of what people are afraid for it does not get. */
export function learns(scope: string, fields: TicketField[]): { told: Told[]; withheld: string } {
  if (scope === 'auth.user') return { told: PAGE, withheld: '完整的姓名、身份证号和手机号' }
  if (scope !== 'auth.ticket') return { told: [], withheld: '' }
  return {
    told: fields.map(f => ({ title: f.title, note: NOTES[f.key] })),
    withheld: joined(SENSITIVE.filter(([key]) => !fields.some(f => f.key === key)).map(([, name]) => name)),
  }
}
