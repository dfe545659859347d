// Fills the form that government already half filled, uploads two photos, hands in.
import { expect } from '../story.mjs'

export async function upload(page, name, file) {
  const card = page.locator('.material', { hasText: name })
  await card.locator('input[type=file]').last().setInputFiles(file)
  await card.getByText('已上传').waitFor()
}

/** Reads back, promises, submits; answers the case number. */
/** Told at any hour: a story may be told at night, when messages that can wait do wait. */
async function atAnyHour(story) {
  const set = async authorization => (await fetch('/api/v1/me/notices/preferences', { method: 'PUT', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ off: [], quiet_begins: 0, quiet_ends: 0 }) })).status
  const status = await story.page.evaluate(set, story.bearer)
  expect(status === 200, `the quiet hours could not be switched off: ${status}`)
}

export async function handIn(story) {
  const { page } = story
  await story.tap('下一步：核对')
  await page.getByText('我承诺以上内容').waitFor()
  await story.shot('confirm', { whole: true })
  await page.locator('.promise input').tap()
  await story.tap('提交申请')
  await page.getByText('申请已提交', { exact: true }).waitFor()
  return decodeURIComponent(new URL(page.url()).pathname.split('/')[2])
}

export const applying = {
  async 'finds the form partly filled'(story) {
    const { page } = story
    await page.getByText('要交的材料').waitFor()
    await story.shot('form', { whole: true })
    expect(await page.getByLabel('姓名').inputValue() === '李明轩', 'the name is not prefilled')
    expect(/花戏楼街道/.test(await page.getByLabel('户籍地址').inputValue()), 'the household address is not prefilled')
    expect(await page.getByLabel('家庭人口').inputValue() === '3', 'the household is not prefilled')
    return { sources: await page.locator('.given b').innerText() }
  },
  async 'is told what is still missing'(story) {
    const { page } = story
    await story.tap('下一步：核对')
    await page.getByText('还没有上传劳动合同').waitFor()
    await page.waitForTimeout(400)
    await story.shot('form-missing')
  },
  async 'fills the rest and uploads two photos'(story) {
    const { page } = story
    await page.getByLabel('家庭月收入').fill('5200')
    await page.getByLabel('现在住房情况').selectOption({ label: '租房' })
    await page.locator('#field-promise input').tap()
    await upload(page, '个人承诺书', story.papers[0])
    await upload(page, '劳动合同', story.papers[1])
    await page.locator('.papers').scrollIntoViewIfNeeded()
    await story.shot('form-uploaded')
  },
  async 'submits and sees the timeline'(story) {
    await atAnyHour(story)
    const { page } = story
    story.housing = await handIn(story)
    await story.sees('办理进度')
    await story.shot('case-submitted')
    return { case_no: story.housing, said: await page.locator('#main').innerText() }
  },
}
