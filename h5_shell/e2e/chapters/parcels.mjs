// An original goes to the office by courier: booked, paid for, followed, ticked off.
import { officer } from '../officer.mjs'
import { expect } from '../story.mjs'
import { asked, signsIn } from './housing.mjs'
import { RESIDENT } from './dialects.mjs'

const EMS = 23
const PATIENCE_MS = 15_000
const HOME = { 寄件人: '王秀兰', 寄件人手机号: '13900000002', 取件地址: '亳州市谯城区演示路 8 号 2 栋 301' }

/** Asks until it is so: carriers are told a moment after the money. */
async function until(look, sentence) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const found = await look()
    if (found) return found
    await new Promise(done => setTimeout(done, 200))
  }
  throw new Error(sentence)
}
const parcelOf = async story => (await asked(story, '/parcels')).items.find(p => p.about === `originals:${story.config.case}`)

/** The carrier tells of the parcel, as its own system would. */
async function happens(story, waybill, notice, state, place) {
  const told = { waybill, notice, state, place, at: new Date().toISOString() }
  const reply = await fetch(`http://127.0.0.1:${story.config.simulators + EMS}/__notice`, { method: 'POST', body: JSON.stringify(told) })
  expect(reply.ok, `the carrier's notice of ${state} was answered ${reply.status}`)
}

export const parcels = {
  async 'parcels: a courier is booked and paid for'(story) {
    const { page } = story
    await signsIn(story, story.config.login, RESIDENT.password)
    await story.opensCase(story.config.case)
    await story.sees('请把材料原件送来')
    await story.shot('case-waits', { whole: true })
    await story.follow('寄送材料原件')
    await story.sees('邮费 12.00 元，由您支付')
    for (const [label, value] of Object.entries(HOME)) await page.getByLabel(label, { exact: true }).fill(value)
    await story.tap('看看哪些时间能来')
    const free = page.locator('.slots input:not(:disabled)').nth(2)
    await free.waitFor()
    await free.check()
    await story.shot('book', { whole: true })
    await story.tap('约取件，邮费 12.00 元')
    await story.sees('待付邮费')
    await story.shot('postage-due', { whole: true })
    await story.follow('去付邮费 12.00 元')
    await page.getByRole('radio', { name: /支付宝/ }).check()
    await story.tap('去支付 12.00 元')
    await page.getByRole('heading', { name: '模拟支付宝收银台' }).waitFor()
    await story.tap('确认支付')
    await page.getByText('缴费成功').waitFor()
    await until(async () => (await parcelOf(story)).state === 'ordered', 'no courier was ordered')
  },
  async 'parcels: the list is agreed and the way is seen'(story) {
    const { page } = story
    await page.goto(`${story.shell}/me`)
    await page.getByRole('link', { name: '我的包裹' }).tap()
    const mine = page.getByRole('link', { name: /体检合格证明/ }).first()
    await mine.waitFor()
    await story.shot('parcels')
    await mine.tap()
    await story.tap('清单没问题')
    await story.sees('您已确认')
    const { waybill } = await parcelOf(story)
    await happens(story, waybill, '1', 'picked_up', '亳州谯城营业部')
    await happens(story, waybill, '2', 'in_transit', '合肥邮件处理中心')
    await happens(story, waybill, '3', 'delivered', '安徽省政务服务中心收发室')
    await page.reload()
    await story.sees('合肥邮件处理中心')
    await story.shot('followed', { whole: true })
    return { places: (await parcelOf(story)).tracks.length }
  },
  async 'parcels: the office ticks it off'(story) {
    const desk = await officer(story, 'ye.education')
    await desk.ticksOff(story.config.case)
    await desk.close()
    const view = await asked(story, `/cases/${story.config.case}`)
    await story.opensCase(story.config.case)
    await story.shot('arrived', { whole: true })
    return { papers: view.papers }
  },
}
