// Public rental housing as promised: filled from three registries, two photos, no visit.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { officer } from '../officer.mjs'
import { expect } from '../story.mjs'
import { handIn } from './applying.mjs'
import { arriving } from './arriving.mjs'
import { RESIDENT } from './dialects.mjs'

const READ = '机器看过了'
const LOOKED_MS = 60_000

const paper = (story, name) => ({ name: `${name}.jpg`, mimeType: 'image/jpeg', buffer: readFileSync(join(story.config.papers, `${name}.jpg`)) })
const card = (page, name) => page.locator('.material', { hasText: name })
const give = (page, name, file) => card(page, name).locator('input[type=file]').last().setInputFiles(file)

/** What the platform's own address answers to the person who is signed in on the phone. */
export async function asked(story, path) {
  const ask = async ([address, authorization]) => (await fetch(`/api/v1${address}`, { headers: { authorization } })).json()
  return story.page.evaluate(ask, [path, story.bearer])
}

/** Signs in by password; from then on the platform can be asked as this person. */
export async function signsIn(story, login, password) {
  const { page } = story
  await page.goto(`${story.shell}/sign-in`)
  await page.getByLabel(/手机号/).fill(login)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).tap()
  await page.waitForURL(url => url.pathname === '/')
}

export const housing = {
  async 'housing: reads what is saved'(story) {
    const { page } = story
    await signsIn(story, story.config.login, RESIDENT.password)
    await arriving['chooses a city'](story)
    await arriving['finds the item by search'](story)
    await story.sees('原来要交')
    await story.shot('guide', { whole: true })
    const said = await page.locator('article').innerText()
    const [before, after] = /原来要交 (\d+) 份，现在只要 (\d+) 份/.exec(said).slice(1).map(Number)
    expect(/不用跑/.test(said), 'the guide does not promise that nobody goes anywhere')
    return { saved: { papers: [before, after], visits: 0, days: Number(/承诺时限\s*(\d+) 天内/.exec(said)?.[1]) } }
  },
  async 'housing: finds the form filled'(story) {
    const { page } = story
    await story.tap('在线办理')
    await page.getByText('要交的材料').waitFor()
    await story.shot('form', { whole: true })
    const draft = await asked(story, `/drafts/${new URL(page.url()).pathname.split('/')[2]}`)
    const said = new Set(Object.values(draft.sources).filter(s => s.receipt).map(s => s.source_name))
    return { filled: Object.keys(draft.data).length, fields: Object.keys(draft.schema.properties).length, sources: said.size }
  },
  async 'housing: a machine reads both papers'(story) {
    const { page } = story
    await page.getByLabel('家庭月收入').fill('3200')
    await page.getByLabel('现在住房情况').selectOption({ label: '租房' })
    await page.locator('#field-promise input').tap()
    await give(page, '个人承诺书', await story.paper('个人承诺书', 2))
    await card(page, '个人承诺书').getByText(/看不清，请重拍|请再看一眼/).waitFor({ timeout: LOOKED_MS })
    await story.shot('paper-again')
    await card(page, '个人承诺书').locator('.act input').setInputFiles(paper(story, '个人承诺书'))
    await give(page, '劳动合同', paper(story, '劳动合同'))
    for (const name of ['个人承诺书', '劳动合同']) await card(page, name).getByText(READ).waitFor({ timeout: LOOKED_MS })
    await page.locator('.papers').scrollIntoViewIfNeeded()
    await story.shot('papers-read')
  },
  async 'housing: is accepted by the platform'(story) {
    const { page } = story
    story.housing = await handIn(story)
    let view = await asked(story, `/cases/${story.housing}`)
    for (let tries = 0; tries < 30 && !view.accepted_at; tries += 1) {
      await page.waitForTimeout(500)
      view = await asked(story, `/cases/${story.housing}`)
    }
    await story.opensCase(story.housing)
    await story.shot('accepted', { whole: true })
    expect(view.accepted_at, 'nobody accepted the case')
    expect(view.days_left === 7 && view.days_unit === 'day', `${view.days_left} ${view.days_unit} are left, not 7 days`)
    return { steps: view.steps.map(s => s.by) }
  },
  async 'housing: sees three calls'(story) {
    const { items } = await asked(story, '/me/sharing/calls')
    expect(items.every(c => c.genuine), 'a receipt is not genuine')
    return { calls: items.length }
  },
  async 'housing: is approved without a visit'(story) {
    const desk = await officer(story, 'zhao.housing')
    await desk.approves(story.housing, '符合条件，准予。')
    await desk.close()
    await story.opensCase(story.housing)
    await story.sees('办成的电子证照')
    await story.shot('approved', { whole: true })
    const { chain } = await asked(story, `/cases/${story.housing}/course`)
    return { visits: chain.filter(place => place.part !== 'decided' && place.region).length }
  },
}
