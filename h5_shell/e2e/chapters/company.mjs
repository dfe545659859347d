// Starting a company with one form, one filing and one parcel.
import { expect } from '../story.mjs'
import { arriving } from './arriving.mjs'
import { RESIDENT } from './dialects.mjs'
import { asked, signsIn } from './housing.mjs'

const ANSWERS = { 公司名称: '亳州市演示百货有限公司', 名称: '亳州市演示百货有限公司' }
const COURIER = 23

/** Fills every open field of the one form with something that fits it. */
async function fillsIn(page) {
  for (const field of await page.locator('input.control:not([readonly]):not([disabled]), textarea.control:not([readonly]):not([disabled])').all()) {
    if (await field.inputValue()) continue
    const label = await field.evaluate(e => e.labels?.[0]?.innerText ?? e.getAttribute('aria-label') ?? '')
    const numeric = await field.evaluate(e => e.inputMode === 'decimal' || e.inputMode === 'numeric' || e.type === 'number')
    await field.fill(ANSWERS[label.trim()] ?? (numeric ? '10' : '亳州市谯城区演示路 8 号'))
  }
  for (const choice of await page.locator('select:not([disabled])').all()) {
    if (!await choice.inputValue()) await choice.selectOption({ index: 1 })
  }
  for (const tick of await page.locator('form input[type=checkbox]').all()) if (!await tick.isChecked()) await tick.tap({ force: true })
}

export const company = {
  async 'company: sees the plan'(story) {
    const { page } = story
    await signsIn(story, story.config.login, RESIDENT.password)
    await arriving['chooses a city'](story)
    await page.goto(`${story.shell}/themes?for=person`)
    await page.getByRole('link', { name: /企业开办/ }).tap()
    await story.shot('questions')
    await page.getByLabel(/超市/).check()
    await page.getByLabel(/面积/).fill('120')
    await page.getByLabel('有', { exact: true }).check()
    await story.tap('看看怎么办')
    await page.getByText(/项事，一张表/).waitFor()
    await story.shot('plan', { whole: true })
    const said = await page.locator('#main').innerText()
    return { parts: Number(/(\d+) 项事/.exec(said)[1]), said }
  },
  async 'company: fills in once'(story) {
    const { page } = story
    await page.getByRole('button', { name: '开始办' }).tap()
    await page.waitForURL(url => url.pathname.startsWith('/bundles/'))
    story.bundle = decodeURIComponent(new URL(page.url()).pathname.split('/')[2])
    await page.getByText('下一步：核对').waitFor()
    await fillsIn(page)
    for (const card of await page.locator('.material').all()) {
      await card.locator('input[type=file]').last().setInputFiles(await story.paper(await card.locator('.name').innerText()))
      await card.getByText('已上传').waitFor()
    }
    await story.shot('form', { whole: true })
    const { filling, pieces } = await asked(story, `/bundles/${story.bundle}`)
    const fields = Object.keys(filling.schema.properties).length
    // Every part would ask for name, number, sex, ethnic group and phone again.
    return { asked: fields, separately: fields + 5 * (pieces.length - 1) }
  },
  async 'company: files everything'(story) {
    const { page } = story
    await story.tap('下一步：核对')
    await page.getByText('按这个顺序办').waitFor()
    await page.locator('.parcel input[type=checkbox]').tap({ force: true })
    await page.getByLabel('收件人', { exact: true }).fill('王秀兰')
    await page.getByLabel('收件人手机号').fill('13900000002')
    await page.getByLabel(/地址/).last().fill('亳州市谯城区薛阁街道演示路 8 号')
    await page.locator('.promise input').tap({ force: true })
    await story.shot('confirm', { whole: true })
    await page.getByRole('button', { name: /一起提交/ }).tap()
    await page.getByText('已一次提交').waitFor()
    await story.shot('filed', { whole: true })
    const { pieces } = await asked(story, `/bundles/${story.bundle}`)
    const ends = code => { const p = pieces.find(x => x.code === code); return p.days + Math.max(0, ...p.after.map(ends)) }
    // The food licence is a follow-up permit with a limit of its own.
    return { bundle: story.bundle, within: Math.max(...pieces.filter(p => p.code !== 'food_shop').map(p => ends(p.code))) }
  },
  async 'company: gets one parcel'(story) {
    const { page } = story
    let parcel
    for (let tries = 0; tries < 60 && !parcel?.waybill; tries += 1) {
      await page.waitForTimeout(500)
      parcel = (await asked(story, '/parcels')).items.find(p => p.about === `bundle:${story.bundle}`)
    }
    expect(parcel?.waybill, 'no parcel was ordered')
    const notice = { waybill: parcel.waybill, notice: '1', state: 'delivered', place: '亳州', at: new Date().toISOString(), contents_digest: parcel.contents_digest }
    const told = await fetch(`http://127.0.0.1:${story.config.simulators + COURIER}/__notice`, { method: 'POST', body: JSON.stringify(notice) })
    expect(told.ok, `the courier's notice: ${told.status}`)
    await page.goto(`${story.shell}/bundles/${story.bundle}`)
    await page.getByText('税控设备上门安装').first().waitFor()
    await story.shot('delivered', { whole: true })
    await page.getByRole('button', { name: '已经做好了' }).tap()
    const sure = page.getByRole('dialog').getByRole('button', { name: /做好了|确认|确定/ })
    if (await sure.isVisible().catch(() => false)) await sure.tap()
    let view
    for (let tries = 0; tries < 30 && view?.state !== 'finished'; tries += 1) {
      await page.waitForTimeout(500)
      view = await asked(story, `/bundles/${story.bundle}`)
    }
    await page.reload()
    await page.getByText('已办结').first().waitFor()
    await story.shot('finished', { whole: true })
    return { state: view.state, contents: parcel.contents.map(c => `${c.name} ${c.number}`) }
  },
  async 'company: reads its messages'(story) {
    const { items } = await asked(story, '/me/messages')
    return { titles: items.map(m => m.title) }
  },
}
