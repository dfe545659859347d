// A car in the way: its owner has a sticker, a stranger scans it, and nobody learns a number.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '../story.mjs'
import { signsIn } from './housing.mjs'
import { RESIDENT } from './dialects.mjs'

const PLATE = '皖SA1956'
const CALLER = '13900000777'

const shows = (text, where) => expect(!text.includes(PLATE) && !text.includes(CALLER) && !text.includes('13900000002'), `${where} shows a plate or a number`)

export const moving = {
  async 'moving: gets a code for the own car'(story) {
    const { page } = story
    await signsIn(story, story.config.login, RESIDENT.password)
    await page.goto(`${story.shell}/move-car`)
    await page.getByLabel('车牌号').fill('皖A1234')
    await story.tap('办理挪车码')
    await story.sees('请按行驶证填写完整的车牌号')
    await page.getByLabel('车牌号').fill('皖s·A1956')
    await story.tap('办理挪车码')
    const sticker = page.getByRole('img', { name: /挪车码贴纸/ })
    await sticker.waitFor()
    await page.waitForFunction(() => document.querySelector('img[alt*=贴纸]')?.naturalWidth > 100)
    shows(await page.locator('main').innerText(), 'my page')
    await story.shot('code', { whole: true })
    // What a camera would see of it.
    const picture = join(story.config.folder, 'sticker.png')
    await sticker.screenshot({ path: picture })
    return { picture }
  },
  async 'moving: a stranger scans the sticker and asks'(story) {
    const stranger = await story.newPage('stranger', story.phoneLook)
    story.stranger = stranger
    await stranger.goto(readFileSync(join(story.config.folder, 'scanned.txt'), 'utf8'))
    await stranger.getByRole('heading', { name: '请车主挪车' }).waitFor()
    await story.shot('scan', { of: stranger })
    await stranger.getByRole('radio', { name: '占用车位' }).check()
    await stranger.getByLabel('您的手机号').fill(CALLER)
    await stranger.getByRole('button', { name: '获取验证码' }).tap()
    await stranger.getByLabel('短信验证码').fill(await story.codeFor(CALLER))
    await stranger.getByRole('button', { name: '通知车主' }).tap()
    await stranger.getByText('已通知车主').first().waitFor()
    await story.shot('asked', { of: stranger })
    const said = await stranger.locator('main').innerText()
    expect(!said.includes(PLATE), 'the stranger sees the plate')
  },
  async 'moving: the owner says that they are coming'(story) {
    const { page } = story
    await page.goto(`${story.shell}/messages`)
    await story.sees('挪车')
    await page.goto(`${story.shell}/move-car/requests`)
    await story.sees('占用车位')
    await story.shot('request')
    shows(await page.locator('main').innerText(), 'the owner’s page')
    await story.tap('马上到')
    await story.sees('您已答复：马上到')
    await story.stranger.getByText('车主答复：马上到').waitFor()
    await story.shot('answered', { of: story.stranger })
    await story.stranger.getByRole('button', { name: '车已经挪走了' }).tap()
    await story.stranger.getByText('车辆已挪走').first().waitFor()
    await story.shot('moved', { of: story.stranger })
  },
  async 'moving: the owner stops the code'(story) {
    const { page } = story
    await page.goto(`${story.shell}/move-car`)
    await story.tap('停用')
    await page.getByRole('dialog').getByRole('button', { name: '停用' }).tap()
    await page.getByRole('heading', { name: '办一个挪车码' }).waitFor()
    await story.stranger.reload()
    await story.stranger.getByText('这个挪车码已停用').waitFor()
    await story.shot('stopped', { of: story.stranger })
    // The browser's own word for a code that is nobody's.
    const asked = story.complaints.findIndex(c => c.startsWith('stranger') && c.includes('404'))
    if (asked >= 0) story.complaints.splice(asked, 1)
  },
}
