// The department asks one correction, the resident makes it, the department accepts and approves.
import { expect } from '../story.mjs'
import { deskOf } from '../officer.mjs'
import { upload } from './applying.mjs'

const REASON = '劳动合同照片看不清签字页，请重新拍一张；月收入请按税前填写。'

export const deciding = {
  async 'the officer asks one correction'(story) {
    story.housingDesk = await deskOf(story, 'zhao.housing')
    await story.housingDesk.asksCorrection(story.housing, REASON, ['劳动合同', '家庭月收入（元）'])
    await story.opensCase(story.housing)
    await story.sees('需要您补正')
    await story.sees(REASON)
    await story.shot('case-correction-asked')
  },
  async 'the resident corrects'(story) {
    const { page } = story
    await story.follow('去补正')
    await page.getByText('重新提交的材料').waitFor()
    await page.getByLabel('家庭月收入').fill('5600')
    await story.shot('correction', { whole: true })
    await upload(page, '劳动合同', story.papers[2])
    await page.getByLabel('给部门留言').fill('已重新拍照，收入改为税前。')
    await story.tap('提交补正')
    await page.waitForURL(url => url.pathname === `/cases/${story.housing}`)
    await page.getByText('办理进度').waitFor()
    await story.shot('case-corrected')
  },
  async 'the officer accepts and the clock runs'(story) {
    await story.housingDesk.accepts(story.housing)
    await story.opensCase(story.housing)
    await story.shot('case-accepted')
    const text = await story.page.locator('#main').innerText()
    expect(/\d+月\d+日/.test(text) && /前办结|还有|剩/.test(text), `no due date on the case: ${text}`)
    return { said: text }
  },
  async 'the officer approves'(story) {
    await story.housingDesk.approves(story.housing, '符合条件，准予。')
    await story.housingDesk.close()
    await story.opensCase(story.housing)
    await story.sees('办成的电子证照')
    await story.shot('case-approved', { whole: true })
  },
}
