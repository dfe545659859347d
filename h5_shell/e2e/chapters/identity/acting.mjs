// A claim of a large sum needs a proof of its own: chosen, put off, proved, and found in the case file.
import { expect } from '../../story.mjs'
import { upload } from '../applying.mjs'
import { filmed } from '../becoming.mjs'
import { desk } from './working.mjs'

const CLAIM = '11340700MBDM0006303340500008000'

/** Opens an item, fills what is asked and promises it; the page asks for a proof then. */
export async function handsIn(story, item, fields, papers) {
  const { page } = story
  await page.goto(`${story.shell}/apply/${item}`)
  await page.getByText('要交的材料').waitFor()
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value)
  await page.locator('#field-promise input').tap()
  for (const paper of papers) await upload(page, paper, await story.paper(paper, 6))
  await story.tap('下一步：核对')
  await page.locator('.promise input').tap()
  await story.tap('提交申请')
  await page.getByRole('heading', { name: '选一种方式' }).waitFor()
}

export const acting = {
  async 'a large claim asks for a proof'(story) {
    const { page } = story
    await handsIn(story, CLAIM, { 贷款银行: '铜陵农商银行', 贷款本金: '300000', 申领贴息金额: '30000' }, ['借款合同', '付息凭证'])
    await story.shot('act-methods')
    return { methods: await page.locator('.act li b').allInnerTexts() }
  },
  async 'puts the proof off and comes back'(story) {
    const { page } = story
    await story.tap('先不提交，回去看看')
    await page.getByText('铜陵农商银行').waitFor()
    expect(await page.locator('.promise input').isChecked(), 'the promise was lost')
    await story.tap('提交申请')
    await page.getByRole('button', { name: /个人数字证书/ }).tap()
    await page.getByText('原样复制').waitFor()
    await story.shot('act-certificate')
    await story.tap('换一种方式')
  },
  async 'proves it by the live face and spoken digits'(story) {
    const { page } = story
    await page.getByRole('button', { name: /实时人脸核验/ }).tap()
    await page.locator('.agree input').tap()
    await story.tap('同意并开始')
    await filmed(story, 'obama', '再确认一步')
    await story.shot('act-second-means')
    await story.tap('收不到短信？改成念数字')
    await page.locator('.agree input').tap()
    await story.shot('act-voice-consent')
    await story.tap('同意并开始')
    await page.getByText('念出下面的数字').waitFor()
    await story.tap('开始念')
    await page.getByText('请大声念出来').waitFor()
    await page.waitForTimeout(600)
    await story.shot('act-voice')
    await page.evaluate(() => window.__spoken)
    await story.tap('念好了')
    await page.getByText('申请已提交', { exact: true }).waitFor()
    await story.shot('act-submitted')
    story.claim = decodeURIComponent(new URL(page.url()).pathname.split('/')[2])
    return { case_no: story.claim }
  },
  async 'the officer reads the evidence'(story) {
    const at = await desk(story, story.config.officer)
    await at.page.goto(`${at.console}/cases/${story.claim}`)
    const panel = at.page.locator('section', { has: at.page.getByRole('heading', { name: '高级实名证据' }) })
    await panel.waitFor()
    await panel.locator('summary').click()
    await at.page.waitForLoadState('networkidle')
    await story.shot('console-evidence', { of: at.page })
    const evidence = await panel.innerText()
    await at.close()
    return { evidence }
  },
}
