// An officer at a desk: the console in a wide window, on the staff surface's own address.
import { still } from './story.mjs'

const PASSWORD = 'Wanshi-Demo-2026'
const DESK = { viewport: { width: 1440, height: 900 } }

/** The desk of somebody who came to work before the file did; one sign-in for the whole story. */
export async function deskOf(story, login) {
  story.desks ??= {}
  story.desks[login] ??= officer(story, login)
  return story.desks[login]
}

export async function officer(story, login) {
  const page = await story.newPage(login, DESK)
  const console = `http://console.localhost:${story.config.staff}`
  await page.goto(console)
  await page.getByLabel('账号').fill(login)
  await page.getByLabel('密码').fill(PASSWORD)
  await story.shot('console-sign-in', { of: page })
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { name: '办件', exact: true }).waitFor()

  let seen = false
  const dialog = page.getByRole('dialog')
  const press = name => page.getByRole('button', { name, exact: true }).click()
  async function opens(no) {
    await page.getByRole('navigation').getByRole('link', { name: '办件', exact: true }).click()
    await press('刷新')
    const row = page.locator(`a[href="/cases/${no}"]`)
    await row.waitFor()
    if (!seen) await story.shot('console-desk', { of: page })
    await row.click()
    await page.getByRole('heading', { name: '办理', exact: true }).waitFor()
    await still(page)
    if (!seen) await story.shot('console-case', { of: page })
    seen = true
  }
  async function confirms(name, said) {
    await dialog.getByRole('button', { name }).click()
    await page.getByText(said).first().waitFor()
  }
  return {
    async asksCorrection(no, reason, picked) {
      await opens(no)
      await press('一次性告知')
      for (const name of picked) await dialog.locator('.el-checkbox', { hasText: name }).click()
      await dialog.getByLabel('补正理由').fill(reason)
      await story.shot('console-correction', { of: page })
      await confirms('发出补正告知', '补正告知已发出')
    },
    async accepts(no, said = '已受理') {
      await opens(no)
      await press('受理')
      await confirms('确认受理', said)
    },
    async approves(no, opinion, said = '已作出准予决定') {
      await opens(no)
      for (const point of await page.getByRole('radiogroup').all()) await point.getByText('符合', { exact: true }).click()
      await press('准予')
      await dialog.getByLabel(/审查意见/).fill(opinion)
      await story.shot('console-approval', { of: page })
      await confirms('确认准予', said)
      await still(page)
      await story.shot('console-approved', { of: page })
    },
    /** Papers that came by courier, exactly those of the list. */
    async ticksOff(no) {
      await opens(no)
      await page.getByRole('heading', { name: '材料原件' }).waitFor()
      await story.shot('console-originals', { of: page })
      await press('核收，清单一致')
      await page.getByText('已核收，清单一致').first().waitFor()
      await page.getByRole('heading', { name: '材料原件' }).waitFor({ state: 'hidden' })
    },
    close: () => page.context().close(),
  }
}
