// The other side of identity in the console: the window, the video desk, the means.
import { expect } from '../../story.mjs'
import { handsIn } from './acting.mjs'
import { DELEGATE } from './representing.mjs'

const PASSWORD = 'Wanshi-Demo-2026'
const DESK = { viewport: { width: 1440, height: 900 } }
const TRANSFER = '11340100MBDM00071U3340700009000'
// The first bytes are what a recording is known by; the rest is nothing anybody looks at.
const RECORDING = { name: '核验录像.webm', mimeType: 'video/webm', buffer: Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(2048, 7)]) }

export async function desk(story, login) {
  const page = await story.newPage(login, DESK)
  const console = `http://console.localhost:${story.config.staff}`
  await page.goto(console)
  await page.getByLabel('账号').fill(login)
  await page.getByLabel('密码').fill(PASSWORD)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('navigation', { name: '主导航' }).waitFor()
  return { page, console, close: () => page.context().close(), press: name => page.getByRole('button', { name, exact: true }).click() }
}

export const working = {
  async 'an officer raises a tier at the window'(story) {
    const at = await desk(story, 'wu.window')
    story.window = at
    await at.page.getByRole('heading', { name: '实名窗口' }).waitFor()
    await at.press('核验并提升等级')
    await at.page.getByText('请当面核对后勾选').waitFor()
    await story.shot('console-window-blank', { of: at.page })
    await at.page.getByLabel('姓名').fill(DELEGATE.name)
    await at.page.getByLabel('公民身份号码').fill(DELEGATE.number)
    await at.page.getByLabel('有效期限').fill('2015.09.11-2035.09.11')
    await at.page.getByText('已查验身份证原件').click()
    await story.shot('console-window', { of: at.page })
    await at.press('核验并提升等级')
    await at.page.getByText('周浩然：已为中级实名').waitFor()
    await story.shot('console-window-raised', { of: at.page })
    for (const [tab, name] of [['协助注册', 'assist'], ['单位认证', 'organisation'], ['等候核验的注册', 'waiting']]) {
      await at.page.getByRole('link', { name: tab }).click()
      await at.page.waitForLoadState('networkidle')
      await story.shot(`console-window-${name}`, { of: at.page })
    }
  },
  async 'an officer confirms a resident on video'(story) {
    const { page, window: at } = story
    await handsIn(story, TRANSFER, { 原不动产权证号: '皖（2020）合肥市不动产权第0012345号', 不动产坐落: '合肥市政务区演示路 1 号', 对方当事人姓名: '王秀兰', 成交价: '860000' }, ['买卖合同', '登记申请书'])
    await page.getByRole('button', { name: /视频人工核验/ }).tap()
    await page.getByText('正在等工作人员接入').waitFor()
    await story.shot('video-waiting')
    await at.page.getByRole('link', { name: '视频核验' }).click()
    await at.page.getByText('李*轩').waitFor()
    await story.shot('console-video-queue', { of: at.page })
    await at.press('接入')
    await at.page.getByRole('heading', { name: '李明轩' }).waitFor()
    await at.page.getByAltText('李明轩的登记照片').waitFor()
    expect(await at.page.getByRole('button', { name: '确认通过' }).isDisabled(), 'an officer could confirm what was not recorded')
    await at.page.locator('input[type=file]').setInputFiles(RECORDING)
    await at.page.getByText('录像已存证').first().waitFor()
    await story.shot('console-video', { of: at.page })
    await page.getByText('工作人员已接到').waitFor()
    await story.shot('video-claimed')
    await at.press('确认通过')
    await at.page.getByRole('button', { name: '证件、登记照片与本人一致' }).click()
    await at.page.waitForTimeout(300)
    await story.shot('console-video-confirm', { of: at.page })
    await at.page.getByRole('dialog').getByRole('button', { name: '确认通过' }).click()
    await page.getByText('申请已提交', { exact: true }).waitFor()
    await story.shot('video-submitted')
    await at.close()
    return { case_no: decodeURIComponent(new URL(page.url()).pathname.split('/')[2]) }
  },
  async 'an administrator switches a means off and on'(story) {
    const at = await desk(story, 'admin.system')
    await at.page.getByRole('link', { name: '认证手段' }).click()
    await at.page.getByText('公积金账号认证').waitFor()
    await story.shot('console-means', { of: at.page })
    for (const [reason, said] of [['对方系统维护', '停用'], ['恢复使用', '启用']]) {
      await at.page.getByRole('button', { name: '调整公积金账号认证' }).click()
      await at.page.getByRole('dialog').locator('.el-switch').click()
      await at.page.getByRole('button', { name: reason }).click()
      if (said === '停用') {
        await at.page.waitForTimeout(300)
        await story.shot('console-means-change', { of: at.page })
      }
      await at.press('保存')
      await at.page.locator('tr', { hasText: '公积金账号认证' }).getByText(said, { exact: true }).waitFor()
    }
    await at.close()
  },
}
