// Signs up, sees every way to the second tier, is refused by the bank, passes, and visits Alipay.
import { expect } from '../../story.mjs'

export const PERSON = { name: '李明轩', number: '341602199003074511', phone: '13800001111', password: '花戏楼-Demo-2026' }
const CARD = '6217000012345678'

/** An account made through the page's own address, as the sign-up page would (that page has a story of its own). */
async function signedUp(story) {
  const { page } = story
  story.phone = PERSON.phone
  await page.goto(story.shell)
  const post = (path, body) => page.evaluate(async ([to, what]) => {
    const reply = await fetch(`/api/v1${to}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) })
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`)
  }, [path, body])
  await post('/sign-up/codes', { phone: PERSON.phone })
  await post('/sign-up', {
    name: PERSON.name, id_number: PERSON.number, ethnic_group: '汉族', sex: 'male', phone: PERSON.phone, code: await story.code(), password: PERSON.password, terms_version: '2026-11',
  })
  await page.evaluate(() => localStorage.setItem('wanshi.had-session', '1'))
}

async function card(story, phone) {
  const { page } = story
  await page.getByLabel('银联卡号').fill(CARD)
  await page.getByLabel('银行预留手机号').fill(phone)
  await story.tap('核对')
}

export const stepping = {
  async 'sees every way up'(story) {
    const { page } = story
    await signedUp(story)
    await page.goto(`${story.shell}/tier?need=2&back=/licences`)
    await page.getByText('升到中级实名').waitFor()
    await story.shot('tier-ways', { whole: true })
    return { ways: await page.locator('.ways b').allInnerTexts() }
  },
  async 'is refused with another phone at the bank'(story) {
    const { page } = story
    await story.follow('银联卡实名认证')
    await page.getByLabel('银联卡号').fill('1')
    await story.tap('核对')
    await page.getByText('银联卡号格式不对').waitFor()
    await story.shot('unionpay-typo')
    await card(story, '13900000009')
    await page.getByText('没有通过').first().waitFor()
    await story.shot('unionpay-refused')
    await story.tap('再填一次')
  },
  async 'steps up by a UnionPay card'(story) {
    const { page } = story
    await card(story, '13900000001')
    await page.getByText('认证通过').first().waitFor()
    await page.getByText('您现在是“中级实名”').waitFor()
    await story.shot('unionpay-passed')
    await story.tap('继续刚才的事')
    await page.waitForURL('**/licences')
  },
  async 'goes to Alipay and comes back'(story) {
    const { page } = story
    await page.goto(`${story.shell}/tier`)
    await page.getByText('我的核验记录').waitFor()
    await page.getByText('银联卡实名认证').waitFor()
    await story.shot('tier-2', { whole: true })
    await story.tap('再加一种认证，或提前续期')
    await story.follow('支付宝实名认证')
    await page.getByRole('button', { name: '去认证' }).waitFor()
    await story.shot('alipay-before')
    await story.tap('去认证')
    await page.getByRole('button', { name: '认证通过' }).waitFor()
    expect(new URL(page.url()).origin !== story.shell, 'Alipay’s page is not ours')
    await story.tap('认证通过')
    await page.getByRole('heading', { name: '认证通过' }).waitFor()
    await story.shot('alipay-back')
    await story.tap('好')
    await page.getByText('支付宝实名认证').first().waitFor()
  },
}
