// The licence appears, is shown by QR, and a stranger verifies it; messages came; the rating.
import { expect } from '../story.mjs'

async function licenceReady(story) {
  const { page } = story
  for (let tries = 0; tries < 20; tries += 1) {
    if (await page.getByRole('link', { name: '亮证' }).count()) return
    await page.waitForTimeout(300)
    await page.reload()
    await page.getByText('证照标识').waitFor()
  }
}

export const keeping = {
  async 'the licence appears'(story) {
    const { page } = story
    await story.opensCase(story.housing)
    await story.follow('办成的电子证照')
    await page.getByText('证照标识').waitFor()
    await licenceReady(story)
    const identifier = (await page.locator('dl').innerText()).match(/1\.2\.156\.3005\.2\.[0-9A-Z.]+/)?.[0]
    expect(identifier, 'the licence has no GB/T 36904 identifier')
    await story.shot('licence')
    await page.goto(`${story.shell}/licences`)
    await page.getByText('公共租赁住房').first().waitFor()
    await story.shot('licences')
    return { identifier }
  },
  async 'its QR is verified by anybody'(story) {
    const { page } = story
    const answered = page.waitForResponse(r => r.url().endsWith('/codes') && r.request().method() === 'POST')
    await story.follow('亮证')
    const { verify_url } = await (await answered).json()
    await page.getByAltText('亮证二维码').waitFor()
    expect(await page.getByAltText('亮证二维码').evaluate(i => i.decode().then(() => i.naturalWidth > 0)), 'the QR is no picture')
    const picture = await story.shot('licence-shown')
    const stranger = await story.newPage('stranger', story.phoneLook)
    await stranger.goto(new URL(verify_url, story.shell).href)
    await stranger.getByText('真实有效').waitFor()
    await story.shot('licence-verified', { of: stranger })
    await stranger.reload()
    await stranger.getByText('不能作为凭证').waitFor()
    await story.shot('licence-code-used', { of: stranger })
    await stranger.context().close()
    return { picture, verify_url }
  },
  async 'each step brought a message'(story) {
    const { page } = story
    const told = await story.allSms()
    await page.goto(`${story.shell}/messages`)
    await page.getByText('已办结').first().waitFor()
    const inbox = await page.locator('#main').innerText()
    const steps = ['申请已提交', '请补正材料', '补正已提交', '申请已受理', '您有一笔费用待缴', '已办结']
    for (const step of steps) expect(inbox.includes(step), `the inbox has no message “${step}”`)
    await story.shot('messages')
    return { sms: told.map(m => m.Content) }
  },
  async 'the resident rates the service'(story) {
    const { page } = story
    await story.opensCase(story.housing)
    await page.getByRole('link', { name: '评价这次服务' }).tap()
    await page.locator('.stars label').nth(4).tap()
    await story.tap('少跑腿')
    await page.getByLabel('想说的话').fill('一次都没跑，三天就办好了。')
    await story.shot('rating')
    await story.tap('提交评价')
    await page.getByText('我的评价').waitFor()
    await story.shot('case-rated', { whole: true })
  },
}
