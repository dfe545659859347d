// Two mini-apps: one greets the person by an opaque id, the other asks for nothing.
import { expect } from '../story.mjs'

async function isolated(story, page = story.page) {
  const frame = page.locator('iframe')
  const origin = new URL(await frame.getAttribute('src')).origin
  expect(origin !== new URL(story.shell).origin, 'the app runs on the shell’s own origin')
  expect(await frame.getAttribute('sandbox'), 'the frame has no sandbox')
  return origin
}

/** The permission stands in my space with its use on record, and is taken back there. */
async function takesBack(story) {
  const { page } = story
  await page.goto(`${story.shell}/me/permissions`)
  await page.getByText('知道是您在使用').waitFor()
  await story.shot('permissions')
  await page.getByRole('button', { name: /收回亳州公租房/ }).tap()
  await page.getByRole('dialog').getByRole('button', { name: '收回', exact: true }).tap()
  await page.getByText('没有记住的许可').waitFor()
  await page.getByRole('link', { name: '应用使用记录' }).tap()
  await page.getByText('用了').first().waitFor()
  await story.shot('permission-uses')
}

export const visiting = {
  async 'a stranger is asked to sign in first'(story) {
    const stranger = await story.newPage('stranger', story.phoneLook)
    await stranger.goto(`${story.shell}/apps/ah341600housing`)
    await stranger.getByRole('button', { name: '登录', exact: true }).waitFor()
    expect(new URL(stranger.url()).searchParams.get('back') === '/apps/ah341600housing', 'signing in would not lead back')
    await stranger.context().close()
  },
  async 'a mini-app greets by an opaque id'(story) {
    const { page } = story
    await page.goto(`${story.shell}/apps`)
    await page.getByText('亳州公租房').waitFor()
    await story.shot('apps')
    await page.getByRole('link', { name: /亳州公租房/ }).tap()
    const inside = page.frameLocator('iframe')
    await inside.getByRole('button', { name: '登录查看' }).tap()
    await page.getByText('想知道是您在使用').waitFor()
    await page.locator('.remember').tap()
    await story.shot('app-consent')
    await page.getByRole('button', { name: '同意', exact: true }).tap()
    await inside.getByText('您好').waitFor()
    await story.shot('app-greets')
    const said = await inside.locator('body').innerText()
    expect(!/李明轩|341602199003074511|13800001111/.test(said), 'the app knows who the person is')
    const told = { origin: await isolated(story), greeting: await inside.locator('#m-title').innerText() }
    await takesBack(story)
    return told
  },
  async 'a city’s service without a page is drawn by the shell'(story) {
    const { page } = story
    await page.goto(`${story.shell}/apps/ah340700services`)
    await page.getByRole('button', { name: /水费查询/ }).tap()
    await page.getByLabel('户号').fill('1')
    await story.tap('查询')
    await page.getByText('户号的格式不对').waitFor()
    await page.getByLabel('户号').fill('70001234')
    await story.tap('查询')
    await page.getByText('应缴').waitFor()
    await story.shot('service-record')
    await page.getByRole('button', { name: '改一改再查' }).tap()
    await page.getByRole('button', { name: '全部服务' }).tap()
    await story.shot('services-without-page')
    await page.getByRole('button', { name: /公共自行车/ }).tap()
    await story.tap('再看更多')
    await page.waitForFunction(() => document.querySelectorAll('article .ws-card h3').length > 10)
    await story.shot('service-list')
    expect(await page.locator('iframe').count() === 0, 'an app without pages has a frame')
  },
  async 'another city’s mini-app opens on its own origin'(story) {
    const page = await story.newPage('traveller', story.phoneLook)
    await page.goto(`${story.shell}/regions`)
    await page.getByText('合肥市', { exact: true }).tap()
    await page.getByRole('link', { name: /乘车码/ }).tap()
    await page.frameLocator('iframe').locator('#stops li').first().waitFor()
    await story.shot('app-ride', { of: page })
    await page.goto(`${story.shell}/search?q=公租房`)
    await page.getByText('在全省找找').tap()
    await page.getByRole('button', { name: '公共租赁住房保障资格申请' }).waitFor()
    await page.goBack()
    await page.locator('iframe').waitFor()
    const told = { origin: await isolated(story, page) }
    await page.context().close()
    return told
  },
}
