// Two mini-apps: one greets the person by an opaque id, the other asks for nothing.
import { expect } from '../story.mjs'

async function isolated(story) {
  const frame = story.page.locator('iframe')
  const origin = new URL(await frame.getAttribute('src')).origin
  expect(origin !== new URL(story.shell).origin, 'the app runs on the shell’s own origin')
  expect(await frame.getAttribute('sandbox'), 'the frame has no sandbox')
  return origin
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
    await story.shot('app-consent')
    await page.getByRole('button', { name: '同意', exact: true }).tap()
    await inside.getByText('您好').waitFor()
    await story.shot('app-greets')
    const said = await inside.locator('body').innerText()
    expect(!/李明轩|341602199003074511|13800001111/.test(said), 'the app knows who the person is')
    return { origin: await isolated(story), greeting: await inside.locator('#m-title').innerText() }
  },
  async 'another city’s mini-app opens on its own origin'(story) {
    const { page } = story
    await page.goto(`${story.shell}/regions`)
    await story.tap('合肥市')
    await page.getByRole('link', { name: /乘车码/ }).tap()
    await page.frameLocator('iframe').locator('#stops li').first().waitFor()
    await story.shot('app-ride')
    await page.goto(`${story.shell}/search?q=公租房`)
    await story.tap('在全省找找')
    await page.getByRole('button', { name: '公共租赁住房保障资格申请' }).waitFor()
    await page.goBack()
    await page.locator('iframe').waitFor()
    return { origin: await isolated(story) }
  },
}
