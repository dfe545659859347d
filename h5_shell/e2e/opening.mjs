/**
 * How long a resident waits for an app: from the tap (or the link) until the app has answered the
 * shell. Cold: a fresh phone that has neither shell nor app. Warm: the shell is open, the app was
 * open before. Reads `{port, appid, rounds, chromium}` as JSON, prints milliseconds as JSON.
 */
import { chromium } from 'playwright-core'

const { port, appid, rounds, chromium: executablePath } = JSON.parse(process.argv[2])
const shell = `http://shell.miniapp.localhost:${port}`
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
const phone = () => browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: 'zh-CN' })
/** The shell tells the platform as soon as the app is ready; after ten seconds it tells a failure. */
const ready = page => page.waitForRequest(r => r.url().endsWith('/outcome'), { timeout: 9_000 })

const cold = []
const warm = []
for (let n = 0; n < rounds; n++) {
  const context = await phone()
  const page = await context.newPage()
  const began = performance.now()
  await Promise.all([ready(page), page.goto(`${shell}/apps/${appid}`)])
  cold.push(performance.now() - began)
  await page.goto(`${shell}/services`, { waitUntil: 'networkidle' })
  const link = page.locator(`a[href="/apps/${appid}"]`).first()
  await link.waitFor()
  const tapped = performance.now()
  await Promise.all([ready(page), link.tap()])
  warm.push(performance.now() - tapped)
  await context.close()
}
await browser.close()
process.stdout.write(JSON.stringify({ cold, warm }))
