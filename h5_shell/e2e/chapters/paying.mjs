// A second item with a fee: accepted, approved, billed, paid at the simulator's cashier.
import { PHOTO, expect } from '../story.mjs'
import { deskOf } from '../officer.mjs'
import { handIn, upload } from './applying.mjs'

const ITEM = '居住证补领'

export const paying = {
  async 'applies for an item with a fee'(story) {
    const { page } = story
    await page.goto(`${story.shell}/search`)
    await page.getByRole('searchbox').fill('居住证丢了')
    await page.getByRole('button', { name: ITEM }).tap()
    await page.getByRole('heading', { name: ITEM }).waitFor()
    await story.sees('20.00 元')
    await story.shot('guide-fee')
    await story.tap('在线办理')
    await page.getByLabel('补领原因').selectOption({ label: '遗失' })
    await page.getByLabel('现居住地址').fill('亳州市谯城区花戏楼街道演示路 1 号')
    await page.locator('#field-promise input').tap()
    await upload(page, '近期免冠照片', PHOTO('obama3.jpg'))
    story.permit = await handIn(story)
    const desk = await deskOf(story, 'sun.police')
    await desk.accepts(story.permit)
    await desk.approves(story.permit, '符合条件', '已通知申请人缴费')
    await desk.close()
  },
  async 'pays the bill at the cashier'(story) {
    const { page } = story
    await story.opensCase(story.permit)
    await story.sees('去缴费 20.00 元')
    await story.shot('case-fee-due')
    await story.follow('去缴费 20.00 元')
    await page.getByText('缴款码').waitFor()
    await story.shot('bill')
    await page.getByRole('radio', { name: '财政非税缴款' }).check()
    await story.tap('去支付 20.00 元')
    await page.getByRole('heading', { name: '非税收入收银台' }).waitFor()
    expect(new URL(page.url()).port === String(story.config.simulators + 5), 'the cashier is not the simulator’s')
    await story.shot('cashier')
    await story.tap('确认支付')
    await page.getByText('缴费成功').waitFor()
    await story.shot('paid')
    await story.follow('看缴款单')
    await page.getByText('缴款码').waitFor()
    await story.shot('bill-paid')
    await story.opensCase(story.permit)
    await story.shot('case-paid')
  },
}
