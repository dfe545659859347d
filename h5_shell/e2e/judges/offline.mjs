/**
 * A real Chromium keeps an app and opens it with the line cut. Reads `{appid, port, chromium}` as
 * JSON from its first argument, prints what it saw as JSON.
 */
import net from 'node:net'
import { chromium } from 'playwright-core'

const told = JSON.parse(process.argv[2])

/** A line to the platform that can be cut; service workers have no other way out. */
let cut = false
const open = new Set()
const line = net.createServer(near => {
  if (cut) return near.destroy()
  const far = net.connect(told.port, '127.0.0.1')
  for (const [one, other] of [[near, far], [far, near]]) {
    open.add(one)
    one.on('error', () => other.destroy()).on('close', () => open.delete(one))
    one.pipe(other)
  }
})
await new Promise(resolve => line.listen(0, '127.0.0.1', resolve))
const origin = `http://${told.appid}.miniapp.localhost:${line.address().port}`
function cutLine(off) {
  cut = off
  if (off) for (const socket of open) socket.destroy()
}

const browser = await chromium.launch({ executablePath: told.chromium, args: ['--no-sandbox'] })
const page = await (await browser.newContext()).newPage()
const seen = {}
const words = async () => (await page.locator('body').innerText()).trim()
async function keep(code) {
  await page.goto(`${origin}/v/${code}/index.html`)
  await page.evaluate(async keep => {
    await navigator.serviceWorker.register('/__wanshi/sw.js', { scope: '/' })
    const ready = await navigator.serviceWorker.ready
    ready.active.postMessage({ keep })
    const until = Date.now() + 10_000
    const kept = async () => (await (await caches.open('wanshi-releases')).keys()).some(r => r.url.endsWith(`/release/${keep}`))
    while (!await kept()) {
      if (Date.now() > until) throw new Error('not kept')
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }, code)
}
const refusedWorker = () => page.evaluate(() => navigator.serviceWorker.register('/v/1/js/app.js').then(() => false, () => true))

try {
  await keep(1)
  seen.foreignWorkerRefused = await refusedWorker()
  cutLine(true)
  await page.goto(`${origin}/v/1/index.html`)
  seen.offline = await words()
  seen.policy = await page.evaluate(() => fetch('/v/1/index.html').then(r => r.headers.get('content-security-policy')))
  seen.absent = await page.evaluate(() => fetch('/v/1/none.html').then(() => 'answered', () => 'refused'))
  await page.evaluate(async () => {
    const files = await caches.open('wanshi-files')
    for (const request of await files.keys()) await files.put(request, new Response('changed by the app itself'))
  })
  seen.changed = await page.evaluate(() => fetch('/v/1/js/app.js').then(r => r.text(), () => 'refused'))
  cutLine(false)
  await page.evaluate(() => Promise.all(['wanshi-files', 'wanshi-releases'].map(name => caches.delete(name))))
  await keep(1)
  await keep(2)
  cutLine(true)
  await page.goto(`${origin}/v/2/index.html`)
  seen.second = await words()
  await page.goto(`${origin}/`)
  seen.bare = await words()
} finally {
  await browser.close()
  line.close()
}
process.stdout.write(`${JSON.stringify(seen)}\n`)
process.exit(0)
