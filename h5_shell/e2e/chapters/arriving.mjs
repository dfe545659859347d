// Opens the shell, chooses a city, finds the item, reads its guide.
import { expect } from '../story.mjs'

export const ITEM = '公共租赁住房保障资格申请'

export const arriving = {
  async 'opens the shell'(story) {
    const { page } = story
    await page.goto(story.shell)
    await page.getByRole('heading', { name: '大家常办' }).waitFor()
    await page.evaluate(() => document.fonts.ready)
    await story.shot('home')
    await story.shot('home-whole', { whole: true })
  },
  async 'chooses a city'(story) {
    const { page } = story
    await page.getByRole('link', { name: /当前地区/ }).tap()
    await page.getByRole('button', { name: '亳州市' }).waitFor()
    await story.shot('regions')
    await story.tap('亳州市')
    await page.getByRole('link', { name: /当前地区 亳州市/ }).waitFor()
    await page.getByRole('link', { name: ITEM }).waitFor()
    await story.shot('home-bozhou')
  },
  async 'finds the item by search'(story) {
    const { page } = story
    await page.getByRole('link', { name: /搜事项、服务/ }).tap()
    await story.shot('search-empty')
    await page.getByRole('searchbox').fill('公租房')
    await page.getByRole('button', { name: ITEM }).waitFor()
    await story.shot('search-hits')
    await page.getByRole('button', { name: ITEM }).tap()
  },
  async 'reads the guide'(story) {
    const { page } = story
    await page.getByRole('heading', { name: ITEM }).waitFor()
    await story.sees('原来要交')
    story.item = new URL(page.url()).pathname.split('/')[2]
    await story.shot('guide')
    await story.shot('guide-whole', { whole: true })
    const text = await page.locator('article').innerText()
    expect(/个人承诺书/.test(text) && /劳动合同/.test(text), 'the guide does not name the two materials')
    expect(/中级实名/.test(text), 'the guide does not say which tier is needed')
  },
}
