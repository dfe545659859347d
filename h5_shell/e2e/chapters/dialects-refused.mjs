// What must not work, over the real platform: bad signatures, foreign tickets, a neighbour's rooms.
import { expect } from '../story.mjs'
import { APPS, agrees, forgives, frameOf, opens, sound, unheard } from './dialects.mjs'

const backEnd = (story, path) => `http://127.0.0.1:${story.config.simulators + 13}${path}`

export const refused = {
  async 'a bad WeChat signature is refused, call by call'(story) {
    // The city's back end at fault: its signature is one letter off.
    await story.mobile.route('**/pass/signatures', async route => {
      const reply = await route.fetch()
      const signed = await reply.json()
      await route.fulfill({ response: reply, json: { ...signed, signature: signed.signature.replace(/^./, c => (c === '0' ? '1' : '0')) } })
    })
    const app = await opens(story, 'ah341000pass')
    await app.getByRole('button', { name: '离我最近' }).tap()
    await app.getByText(/页面签名没有通过/).waitFor()
    await story.shot('dialects-pass-unsigned', { of: story.mobile })
    // The vendor's script calls on after a refused config: the platform still says no.
    const frame = frameOf(story, 'ah341000pass')
    const asked = frame.evaluate(() => new Promise(done => {
      const proof = { verifyAppId: 'wxSIMhuangshanpass', verifyTimestamp: '1700000000', verifyNonceStr: 'n', verifySignature: '0'.repeat(40) }
      window.WeixinJSBridge.invoke('geoLocation', { type: 'gcj02', ...proof }, r => done(r))
    }))
    await agrees(story, '获取您的位置')
    const told = await asked
    await story.mobile.unroute('**/pass/signatures')
    forgives(story, /status of 403/)
    unheard(story)
    expect(!('latitude' in told) && !/:ok$/.test(told.err_msg), `the call went through: ${JSON.stringify(told)}`)
    return { answer: told.err_msg }
  },
  async 'a ticket of another app is refused by the back end'(story) {
    const app = await opens(story, 'ah340100ride')
    await app.locator('#stops li').first().waitFor()
    const given = frameOf(story, 'ah340100ride').evaluate(() => window.wanshi.auth.getTicket().then(t => t.ticket))
    await agrees(story, '知道是您在使用')
    const ticket = await given
    const asked = part => fetch(backEnd(story, `/${part}/sessions`), { method: 'POST', body: JSON.stringify({ token: ticket, auth_code: ticket }) })
    const [foreign, own, again] = [await asked('parking'), await asked('ride'), await asked('ride')]
    expect(foreign.status === 401, `芜湖 took a ticket of 合肥: ${foreign.status}`)
    expect(own.status === 201 && again.status === 401, `a ticket is good once: ${own.status}, ${again.status}`)
  },
  async 'a sibling’s storage and cookies are not to be seen'(story) {
    await opens(story, 'ah340100ride')
    await story.mobile.frameLocator('iframe').locator('#stops li').first().waitFor()
    await frameOf(story, 'ah340100ride').evaluate(() => {
      localStorage.setItem('secret', '合肥')
      document.cookie = 'secret=hefei; path=/; SameSite=Lax'
    })
    const app = await opens(story, 'ah340200parking')
    await app.getByRole('heading', { name: '芜湖停车' }).waitFor()
    const seen = await frameOf(story, 'ah340200parking').evaluate(() => {
      const look = () => { try { return String(window.parent.document.title) } catch { return 'closed' } }
      const shell = look()
      return { stored: localStorage.getItem('secret'), cookie: document.cookie, shell }
    })
    expect(seen.stored === null && !seen.cookie.includes('hefei') && seen.shell === 'closed', JSON.stringify(seen))
  },
  async 'what the manifest does not name cannot be reached'(story) {
    const app = await opens(story, 'ah340200parking')
    await app.getByRole('heading', { name: '芜湖停车' }).waitFor()
    // Housing's back end stands on the same machine; parking's manifest does not name it.
    const [foreign, own] = await frameOf(story, 'ah340200parking').evaluate(urls => Promise.all(
      urls.map(url => fetch(url, { method: 'POST', body: '{}' }).then(r => r.status, () => 'blocked'))),
    [`http://127.0.0.1:${story.config.simulators + 11}/sessions`, backEnd(story, '/parking/parks')])
    forgives(story, /Content Security Policy|Fetch API cannot load/)
    expect(foreign === 'blocked' && own === 422, `undeclared: ${foreign}, declared: ${own}`)
  },
  async 'a stranger sees the open pages and is asked to sign in for the rest'(story) {
    const stranger = await story.newPage('stranger', story.phoneLook)
    await stranger.goto(`${story.shell}/apps/ah340100ride`)
    const app = stranger.frameLocator('iframe')
    await app.locator('#stops li').first().waitFor()
    await app.getByRole('button', { name: '出示乘车码' }).tap()
    await stranger.getByRole('button', { name: /登录/ }).first().waitFor()
    await stranger.context().close()
  },
  async 'every app has an elder version, as narrow as a phone can be'(story) {
    const page = story.mobile
    await page.goto(story.shell)
    await page.evaluate(() => localStorage.setItem('wanshi.ui', 'elder'))
    await page.setViewportSize({ width: 360, height: 780 })
    const sizes = {}
    for (const appid of Object.keys(APPS).filter(id => id !== 'ah340700services')) {
      const app = await opens(story, appid)
      await app.locator('h1').first().waitFor()
      await app.locator('html[data-ui="elder"]').waitFor({ state: 'attached' })
      await page.waitForTimeout(500)
      sizes[appid] = parseFloat(await frameOf(story, appid).evaluate(() => getComputedStyle(document.body).fontSize))
      await story.shot(`dialects-elder-${appid.slice(8)}`, { of: page })
      await sound(story, appid, `${appid} in the elder version`)
    }
    return { smallest: Math.min(...Object.values(sizes)) }
  },
}
