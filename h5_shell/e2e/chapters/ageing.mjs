// The same account in the elder version: the main pages once more, in large type.
import { expect, still } from '../story.mjs'

/** On to another page as a link inside the shell does it, without starting the shell anew. */
async function goes(page, path) {
  await page.evaluate(to => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: {} }))
  }, path)
  await still(page)
}

export const ageing = {
  async 'the elder version stands'(story) {
    const { page } = story
    await page.goto(`${story.shell}/me`)
    await page.getByText('长辈版').first().waitFor()
    await story.shot('me')
    await page.getByRole('switch').tap()
    await page.reload()
    const pages = [
      ['me', '/me'], ['home', '/'], ['search', '/search?q=公租房'], ['cases', '/cases'], ['case', `/cases/${story.housing}`],
      ['licences', '/licences'], ['messages', '/messages'], ['bills', '/bills'], ['apps', '/apps'], ['tier', '/tier'],
      ['guide', `/items/${story.item}`], ['form', `/apply/${story.item}`],
    ]
    for (const [name, path] of pages) {
      await goes(page, path)
      await story.shot(`elder-${name}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
      expect(!wide, `${path} scrolls sideways in the elder version`)
    }
    return { size: await page.evaluate(() => getComputedStyle(document.body).fontSize) }
  },
}
