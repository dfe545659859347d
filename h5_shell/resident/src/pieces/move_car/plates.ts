const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'
const SIGN = '[0-9A-HJ-NP-Z]'
const PLATE = new RegExp(`^(?:[${PROVINCES}][A-HJ-NP-Z](?:${SIGN}{5}|[A-HJK]${SIGN}[0-9]{4}|[0-9]{5}[A-HJK]|${SIGN}{4}[学警挂])|粤Z${SIGN}{4}[港澳])$`)

/** As it stands on the car: no dot, no blanks, capital letters. */
export const plateOf = (text: string) => text.normalize('NFKC').toUpperCase().replace(/[\s·・•.-]/g, '')
/** The server checks it again, and asks the vehicle registry whose it is. */
export const plateWrong = (text: string) => PLATE.test(plateOf(text)) ? '' : '请按行驶证填写完整的车牌号，例如“皖A12345”'

export const ANSWERS = [['coming', '马上到'], ['five_minutes', '五分钟后到'], ['cannot', '不方便挪车']] as const
const WAITING = ['waiting', 'answered']
export const standing = (state: string) => WAITING.includes(state)
/** The owner may still say something: also after the traffic police were named. */
export const answerable = (r: { state: string; answer: string }) => !r.answer && ['waiting', 'handed_over'].includes(r.state)
/** What has been done so far, in the order of the ladder. */
export const STEPS = [['message', '已发消息给车主'], ['sms', '已发短信给车主'], ['call', '可以匿名打电话'], ['handed_over', '请交警帮忙']] as const
export const reached = (step: string) => STEPS.findIndex(([key]) => key === step)
/** What counts now: the owner's word, until the car is gone or the request is over. */
export const headline = (r: { state: string; state_name: string; answer_name: string }) =>
  r.answer_name && !['moved', 'ended'].includes(r.state) ? `车主答复：${r.answer_name}` : r.state_name
