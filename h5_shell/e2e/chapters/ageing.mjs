// The same account in the elder version: the main pages once more, in large type.
import { expect } from '../story.mjs'

export const ageing = {
  async 'the elder version stands'(story) {
    const { page } = story
    await page.goto(`${story.shell}/me`)
    await page.getByText('长辈版').first().waitFor()
    await story.shot('me')
    await page.getByRole('switch').tap()
    const pages = [
      ['me', '/me'], ['home', '/'], ['search', '/search?q=公租房'], ['cases', '/cases'], ['case', `/cases/${story.housing}`],
      ['licences', '/licences'], ['messages', '/messages'], ['bills', '/bills'], ['apps', '/apps'], ['tier', '/tier'],
      ['guide', `/items/${story.item}`], ['form', `/apply/${story.item}`],
    ]
    for (const [name, path] of pages) {
      await page.goto(story.shell + path)
      // Never idle: the inbox keeps a stream open. What is loading says so with aria-busy.
      await page.locator('main').waitFor()
      await page.waitForTimeout(300)
      await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
      await story.shot(`elder-${name}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(!wide, `${path} scrolls sideways in the elder version`)
    }
    return { size: await page.evaluate(() => getComputedStyle(document.body).fontSize) }
  },
}
