// Registers (tier 1), learns that tier 2 is needed, consents, proves by face and code (tier 2).
import { deskOf } from '../officer.mjs'
import { expect } from '../story.mjs'

const PERSON = { name: '李明轩', number: '341602199003074511', phone: '13800001111', password: '花戏楼-Demo-2026' }

const FILM_MS = 60_000

/**
 * Does what the page asks, in front of the scripted camera, until the page has judged it. Whoever
 * is in the right and too slow (a busy machine) is offered another try, as people are.
 */
export async function filmed(story, face, outcome, tries = 2) {
  const { page } = story
  await page.evaluate(other => window.__wear(other), face)
  await story.tap('开始核验')
  await page.getByText('请正对镜头，保持不动').waitFor()
  await story.shot(`face-film-${face}`)
  const [wanted, refused, late] = [page.getByText(outcome), page.getByText('没有核验通过'), page.locator('.film .trouble')]
  const ended = refused.or(late)
  if (outcome === '再确认一步') await page.locator('.flash').or(ended).first().waitFor({ timeout: FILM_MS })
  if (await page.locator('.flash').isVisible()) await story.shot('face-film-flash')
  await wanted.or(ended).first().waitFor({ timeout: FILM_MS })
  if (await wanted.isVisible()) return
  expect(tries > 1, `the film of ${face} was refused every time`)
  if (await refused.isVisible()) await story.tap('再试一次')
  await filmed(story, face, outcome, tries - 1)
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
    await story.follow('人脸识别与短信验证码')
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
    await filmed(story, 'biden', '没有核验通过')
    await story.shot('face-refused')
    await story.tap('再试一次')
    await page.getByText('请正对镜头').waitFor()
  },
  async 'passes with the own face'(story) {
    await filmed(story, 'obama', '再确认一步')
    // One code a minute to a phone, and signing up has just used this minute's.
    await story.page.getByText('秒后自动再发').waitFor()
    await story.shot('face-code-queued')
  },
  async 'the officers come to work'(story) {
    await deskOf(story, 'zhao.housing')
    await deskOf(story, 'sun.police')
  },
  async 'puts two papers on the table'(story) {
    story.papers = [await story.paper('个人承诺书'), await story.paper('劳动合同', 4), await story.paper('劳动合同')]
  },
  async 'passes with the code of the next minute'(story) {
    const { page } = story
    await story.imposed(() => page.getByText('秒后自动再发').waitFor({ state: 'hidden', timeout: 70_000 }))
    await page.getByLabel('短信验证码').fill(await story.code())
    await story.shot('face-code')
    await story.tap('完成核验')
    await page.getByText('核验通过').waitFor()
    await story.sees('中级实名')
    await story.shot('face-passed')
    await story.tap('继续刚才的事')
  },
}
