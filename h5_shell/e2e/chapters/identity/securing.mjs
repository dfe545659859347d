// The account itself: devices, passkeys (Chromium's virtual authenticator), acting for a company,
// and an officer's second factor.
import { devtoolsOf, expect } from '../../story.mjs'
import { COMPANY } from './representing.mjs'
import { PERSON } from './stepping.mjs'
import { desk } from './working.mjs'

/** An authenticator inside the browser: keys of its own, and somebody's finger always on it. */
async function authenticator(page) {
  const devtools = await devtoolsOf(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })
}

export const securing = {
  async 'acts for the company and for oneself again'(story) {
    const { page } = story
    await page.goto(`${story.shell}/me/acting`)
    await page.getByRole('radio', { name: new RegExp(COMPANY.name.slice(0, 8)) }).tap()
    await page.getByText(`正以“${COMPANY.name}”办事`).waitFor()
    await story.shot('acting')
    await page.getByText(`正以“${COMPANY.name}”办事`).tap()
    await page.getByRole('radio', { name: /个人/ }).waitFor()
    await story.shot('acting-choice')
    await page.getByRole('radio', { name: /个人/ }).tap()
    await page.getByText('正以“').waitFor({ state: 'hidden' })
  },
  async 'signs another device out'(story) {
    const { page } = story
    const other = await story.newPage('tablet', story.phoneLook)
    await other.goto(`${story.shell}/sign-in`)
    await other.getByLabel('手机号或身份证号').fill(PERSON.phone)
    await other.getByLabel('密码', { exact: true }).fill(PERSON.password)
    await other.getByRole('button', { name: '登录', exact: true }).tap()
    await other.getByRole('heading', { name: '大家常办' }).waitFor()
    await page.goto(`${story.shell}/me/devices`)
    await page.getByText('这台').waitFor()
    await story.shot('devices')
    await page.getByRole('button', { name: /^让.*退出$/ }).first().tap()
    await page.getByRole('button', { name: '退出', exact: true }).last().tap()
    await page.getByText('已退出').waitFor()
    await other.goto(`${story.shell}/cases`)
    await other.getByRole('link', { name: '登录' }).first().waitFor()
    await other.context().close()
  },
  async 'signs in with a passkey'(story) {
    const { page } = story
    await authenticator(page)
    await page.goto(`${story.shell}/me/passkeys`)
    await page.getByRole('button', { name: '添加通行密钥' }).waitFor()
    await story.shot('passkeys-none')
    await story.tap('添加通行密钥')
    const again = page.getByRole('dialog').getByLabel('登录密码')
    const made = page.getByRole('button', { name: '再加一个' })
    await made.or(again).first().waitFor()
    if (await again.isVisible()) {
      await again.fill(PERSON.password)
      await story.shot('prove-again')
      await story.tap('确认')
      await made.waitFor()
    }
    await story.shot('passkeys')
    await page.goto(`${story.shell}/me`)
    await story.tap('退出登录')
    await page.getByRole('button', { name: '退出', exact: true }).tap()
    await page.getByRole('link', { name: '登录', exact: true }).first().tap()
    await page.getByRole('button', { name: '用通行密钥登录' }).waitFor()
    await story.shot('sign-in-passkey')
    await story.tap('用通行密钥登录')
    await page.getByText('李*轩').first().waitFor()
  },
  async 'an officer signs in with a second factor'(story) {
    const at = await desk(story, story.config.officer)
    await authenticator(at.page)
    await at.page.getByRole('link', { name: '账号安全' }).click()
    await at.page.getByText('还没有第二重验证').waitFor()
    await at.press('添加通行密钥')
    await at.page.getByText('办公电脑').waitFor()
    await story.shot('console-security', { of: at.page })
    await at.page.locator('.leave').click()
    await at.page.getByLabel('账号').fill(story.config.officer)
    await at.page.getByLabel('密码').fill('Wanshi-Demo-2026')
    await at.page.getByRole('button', { name: '登录', exact: true }).click()
    await at.page.getByRole('button', { name: '使用通行密钥' }).waitFor()
    await story.shot('console-second-factor', { of: at.page })
    await at.press('使用通行密钥')
    await at.page.getByRole('navigation', { name: '主导航' }).waitFor()
    expect(await at.page.getByText('陈劳动').isVisible(), 'the officer is not at their desk')
    await at.close()
  },
}
