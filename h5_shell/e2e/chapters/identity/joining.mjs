// oidc-client-ts, a relying party's library that nobody here wrote, in a real browser: a page of
// another origin sends the person to us, they agree, and it holds their tokens.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { expect } from '../../story.mjs'

const LIBRARY = fileURLToPath(new URL('../../../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url))
const PAGE = settings => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>亳州药材交易网</title>
<script src="/oidc-client-ts.js"></script><body style="font:18px/1.6 system-ui;max-width:32rem;margin:0 auto;padding:2rem">
<h1>亳州药材交易网（演示）</h1><button id="in" style="font:inherit;padding:.8rem 2rem">用万事账号登录</button><pre id="out" style="white-space:pre-wrap;overflow-wrap:anywhere"></pre>
<script>
const manager = new oidc.UserManager(${JSON.stringify(settings)})
const show = (what, id) => { document.getElementById('out').textContent = JSON.stringify(what); document.getElementById('out').dataset.state = id }
document.getElementById('in').onclick = () => manager.signinRedirect().catch(e => show(String(e), 'failed'))
if (location.pathname === '/callback') manager.signinCallback().then(u => show({ profile: u.profile, scope: u.scope, expires_in: u.expires_in }, 'in'), e => show(String(e), 'failed'))
</script>`

function serve(party, issuer) {
  const settings = { authority: issuer, client_id: party.client_id, redirect_uri: `${party.origin}/callback`, response_type: 'code', scope: 'openid profile tier', loadUserInfo: true, filterProtocolClaims: false }
  const server = createServer((request, reply) => {
    const script = request.url === '/oidc-client-ts.js'
    reply.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html' }).end(script ? readFileSync(LIBRARY) : PAGE(settings))
  })
  return new Promise(done => server.listen(party.port, '127.0.0.1', () => done(server)))
}

export const joining = {
  async 'oidc-client-ts signs in'(story) {
    const { page } = story
    const { party } = story.config
    const server = await serve(party, story.shell)
    const out = page.locator('#out')
    const told = async () => {
      await page.waitForFunction(() => document.getElementById('out')?.dataset.state)
      expect(await out.getAttribute('data-state') === 'in', await out.innerText())
      return JSON.parse(await out.innerText())
    }
    try {
      await page.goto(party.origin)
      await page.locator('#in').waitFor()
      await story.shot('party')
      await page.locator('#in').tap()
      await page.getByRole('heading', { name: '亳州药材交易网（演示）' }).waitFor()
      await page.getByText('对方会得到').waitFor()
      expect(new URL(page.url()).origin === story.shell, 'consent is asked on our own page')
      await story.shot('authorise')
      await story.tap('不同意，返回亳州药材交易网（演示）')
      await page.waitForFunction(() => document.getElementById('out')?.dataset.state)
      expect(new URL(page.url()).searchParams.get('error') === 'access_denied', page.url())
      await page.locator('#in').tap()
      await page.getByText('对方会得到').waitFor()
      await story.tap('同意并登录')
      const first = await told()
      await story.shot('party-signed-in')
      // What was agreed to once needs no second yes.
      await page.locator('#in').tap()
      await page.waitForURL(url => url.pathname.startsWith('/authorise') || url.searchParams.has('code'))
      const again = await told()
      return { user: { ...first, subs: [first.profile.sub, again.profile.sub] } }
    } finally {
      server.close()
    }
  },
}
