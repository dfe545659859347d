// Where somebody is at home: chosen and looked at; and who is at home elsewhere is recognised here,
// then sets the first password of the account that came along.
import { expect } from '../../story.mjs'

/** The nation’s simulator knows him as a user of Jiangsu. */
const VISITOR = { name: '顾云舟', number: '320102199105200011', phone: '13951000001', password: '秦淮河-Demo-2026' }

export const dwelling = {
  async 'chooses a home city and looks at what it is told'(story) {
    const { page } = story
    await page.goto(`${story.shell}/me`)
    await story.follow('常住城市')
    await page.getByRole('heading', { name: '亳州市' }).waitFor()
    await page.getByText('依据：身份证号码所属地').waitFor()
    await story.shot('home-city', { whole: true })
    await story.tap('换一个常住城市')
    await story.tap('合肥市')
    await page.getByText('亳州市的平台会得知您已转出').waitFor()
    await story.shot('home-city-confirm')
    await story.tap('再想想')
    expect(await page.getByRole('heading', { name: '亳州市' }).isVisible(), 'the city changed without a yes')
    await story.tap('合肥市')
    await story.tap('确定')
    await page.getByText('依据：本人选择').waitFor()
    await page.getByRole('heading', { name: '合肥市' }).waitFor()
    await story.shot('home-city-chosen')
    await story.follow('看看告诉它的是哪些信息')
    await page.getByText('告诉常住城市（合肥市）').waitFor()
    const list = page.locator('dl')
    const covered = await list.innerText()
    await story.tap('显示完整号码')
    await story.shot('record', { whole: true })
    return { covered, told: await list.innerText() }
  },
  async 'somebody of another province is recognised'(story) {
    const page = await story.newPage('visitor', story.phoneLook)
    story.visitor = page
    await page.goto(`${story.shell}/sign-in`)
    await page.getByRole('link', { name: /用其他平台登录/ }).tap()
    await page.getByLabel('省份').selectOption('江苏省')
    await page.getByRole('button', { name: '下一步' }).tap()
    await page.getByText('将打开国家政务服务平台统一身份认证').waitFor()
    await story.shot('recognition-way', { of: page })
    await page.getByRole('button', { name: '去那边登录' }).tap()
    await page.getByRole('button', { name: VISITOR.name }).waitFor()
    expect(new URL(page.url()).origin !== story.shell, 'the nation’s page is not ours')
    await page.getByRole('button', { name: VISITOR.name }).tap()
    await page.getByText('顾*舟').waitFor()
    await page.getByText('中级实名').first().waitFor()
    expect(!page.url().includes('ticket'), 'the ticket stayed in the address')
    await story.shot('recognised', { of: page })
    await page.goBack()
    expect(!page.url().includes('ticket'), 'the ticket stayed in the history')
    await page.goto(`${story.shell}/recognition/done?attempt=0192f3c8-1c2d-7abc-8def-0123456789ab#ticket=${'x'.repeat(32)}`)
    await page.getByText('没有登录成功').waitFor()
    await story.shot('recognised-no', { of: page })
  },
  async 'sets the first password of an account that came along'(story) {
    const { visitor: page } = story
    await page.goto(`${story.shell}/me`)
    await page.getByRole('button', { name: '退出登录' }).tap()
    await page.getByRole('button', { name: '退出', exact: true }).tap()
    await page.goto(`${story.shell}/sign-in`)
    await page.getByRole('link', { name: /首次登录/ }).tap()
    await page.getByText('先确认是您').waitFor()
    await page.getByLabel('手机号', { exact: true }).fill(VISITOR.phone)
    await page.getByRole('button', { name: '获取验证码' }).tap()
    await page.getByText('验证码已发到').waitFor()
    const code = await story.codeFor(VISITOR.phone)
    const fill = async given => { for (const [label, value] of Object.entries(given)) await page.getByLabel(label).fill(value) }
    await fill({ 短信验证码: code, 身份证号码: '11010519491231002X', 登录密码: VISITOR.password, 再输一次: VISITOR.password })
    await page.locator('.agree input').tap()
    await page.getByRole('button', { name: '设好密码并登录' }).tap()
    await page.getByText('没有对上，可能是').waitFor()
    await story.shot('first-sign-in-unmatched', { of: page })
    await fill({ 身份证号码: VISITOR.number })
    await page.getByRole('button', { name: '设好密码并登录' }).tap()
    await page.getByText('顾*舟').waitFor()
    await story.shot('first-sign-in', { of: page })
    await page.context().close()
  },
}
