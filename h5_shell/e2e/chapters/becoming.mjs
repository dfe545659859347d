// Registers (tier 1), learns that tier 2 is needed, consents, proves by face and code (tier 2).
import { PHOTO, expect } from '../story.mjs'

const PERSON = { name: '李明轩', number: '341602199003074511', phone: '13800001111', password: '花戏楼-Demo-2026' }

async function choosePhoto(story, file) {
  await story.page.locator('input[type=file]').setInputFiles(PHOTO(file))
}

export const becoming = {
  async 'registers with four fields'(story) {
    const { page } = story
    story.phone = PERSON.phone
    await story.tap('在线办理')
    await page.getByRole('heading', { name: '登录' }).first().waitFor()
    await story.shot('sign-in')
    await story.follow('还没有账号')
    await page.getByLabel('姓名').fill(PERSON.name)
    await page.getByLabel('身份证号码').fill(PERSON.number)
    await page.getByLabel('民族').selectOption('汉族')
    expect(await page.getByLabel('男', { exact: true }).isChecked(), 'the ID number did not choose the sex')
    await story.shot('sign-up-person')
    await story.tap('下一步')
    await page.getByLabel('手机号').fill(PERSON.phone)
    await story.tap('获取验证码')
    await page.getByLabel('短信验证码').fill(await story.code())
    await story.shot('sign-up-phone')
    await story.tap('下一步')
    await page.getByLabel('登录密码').fill(PERSON.password)
    await page.getByLabel('再输一次').fill(PERSON.password)
    await page.locator('.agree input').tap()
    await page.locator('.agree input:checked').waitFor()
    await story.shot('sign-up-password')
    await story.tap('完成注册')
  },
  async 'is told that tier 2 is needed'(story) {
    const { page } = story
    await story.sees('需要“中级实名”')
    await page.getByText('初级实名').first().waitFor()
    await story.sees('人口库四要素核验')
    await story.shot('tier-needed')
    await story.follow('人脸核验，升到中级')
  },
  async 'consents separately'(story) {
    const { page } = story
    const agree = page.getByRole('button', { name: '同意并开始' })
    expect(await agree.isDisabled(), 'the face check begins without consent')
    await story.shot('face-consent')
    await page.locator('.agree input').tap()
    await agree.tap()
    await page.getByText('请正对镜头').waitFor()
    await story.shot('face-camera')
  },
  async 'is refused with another face'(story) {
    const { page } = story
    await choosePhoto(story, 'biden.jpg')
    await page.getByText('没有核验通过').waitFor()
    await story.shot('face-refused')
    await story.tap('再试一次')
    await page.getByText('请正对镜头').waitFor()
  },
  async 'passes with the own face and a code'(story) {
    const { page } = story
    await choosePhoto(story, 'obama2.jpg')
    await page.getByText('再确认一步').waitFor()
    // One code a minute to a phone, and signing up has just used this minute's.
    const queued = page.getByText('秒后自动再发')
    await queued.waitFor()
    await story.shot('face-code-queued')
    await story.imposed(() => queued.waitFor({ state: 'hidden', timeout: 70_000 }))
    await page.getByLabel('短信验证码').fill(await story.code())
    await story.shot('face-code')
    await story.tap('完成核验')
    await page.getByText('核验通过').waitFor()
    await story.sees('中级实名')
    await story.shot('face-passed')
    await story.tap('继续刚才的事')
  },
}
