// One resident, one phone, and what both need to know.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { giveCamera } from './camera.mjs'
import { giveMicrophone } from './microphone.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }
const HERE = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' }
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const PATIENCE_MS = 15_000
// Sanctioned refusals of the story: a face that does not match, a second code within the minute.
const EXPECTED = [/status of 40[19]/, /status of 422/, /status of 429/]

export const PHOTO = name => join(ROOT, 'var/assets/photos', name)

function binary() {
  const found = [process.env.CHROMIUM, join(ROOT, 'var/assets/bin/chromium')].find(path => path && existsSync(path))
  if (!found) throw new Error('no Chromium: set CHROMIUM, or run `make setup` (it fetches one to var/assets/bin)')
  return found
}

/** Errors and refused resources, as somebody with the developer tools open would see them. */
function listen(page, complaints, where) {
  page.on('pageerror', e => complaints.push(`${where} error: ${e.message}`))
  page.on('console', m => {
    if (m.type() === 'error' && !EXPECTED.some(e => e.test(m.text()))) complaints.push(`${where} console: ${m.text().slice(0, 300)}`)
  })
  page.on('response', async r => {
    if (r.status() >= 500) complaints.push(`${where} ${r.status()} ${r.url()} ${await r.text().catch(() => '')}`)
  })
}

/** One line to the developer tools per page: hanging one up takes virtual authenticators with it. */
const lines = new WeakMap()

export function devtoolsOf(page) {
  if (!lines.has(page)) lines.set(page, page.context().newCDPSession(page))
  return lines.get(page)
}

/** The screen as a picture, packed fast rather than small: somebody is waiting for it. */
async function taken(page, path) {
  const devtools = await devtoolsOf(page)
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true })
  writeFileSync(path, Buffer.from(data, 'base64'))
}

/** What each page still waits for; the stream of the inbox never ends and does not count. */
const underway = new WeakMap()
const endless = request => request.headers().accept === 'text/event-stream'

function count(page) {
  const open = new Set()
  underway.set(page, open)
  page.on('request', r => { if (!endless(r)) open.add(r) })
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, r => open.delete(r))
}

/** Everything the page asked for has come and is drawn, and it asks for nothing more. */
export async function still(page) {
  await page.locator('main').waitFor()
  for (let quiet = 0, deadline = Date.now() + PATIENCE_MS; quiet < 2 && Date.now() < deadline;) {
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 20))))
    quiet = underway.get(page).size ? 0 : quiet + 1
  }
}

async function messages(config, phone) {
  const reply = await fetch(`http://127.0.0.1:${config.simulators + 1}/messages?phone=${phone}`)
  return reply.json()
}

export async function openStory(config) {
  const out = join(ROOT, config.pictures ?? 'build/journey')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const browser = await chromium.launch({ executablePath: binary(), args: QUIET })
  const context = await browser.newContext({ ...PHONE, ...HERE })
  context.setDefaultTimeout(PATIENCE_MS)
  if (config.film) {
    await giveCamera(context, config.film, ['biden', 'obama'])
    await giveMicrophone(context)
  }
  const page = await context.newPage()
  const complaints = []
  listen(page, complaints, 'phone')
  count(page)
  page.on('request', r => { story.bearer = r.headers().authorization ?? story.bearer })
  let number = 0
  const story = {
    config, browser, context, page, complaints, seen: 0, imposedMs: 0,
    shell: `http://shell.miniapp.localhost:${config.public}`,
    /** A picture of what is on the screen; `whole` for the page as long as it is. */
    async shot(name, { whole = false, of = page } = {}) {
      number += 1
      const path = join(out, `${String(number).padStart(2, '0')}-${name}.png`)
      // A phone as tall as the page: bars that stick to the edge stay at the edge of the picture.
      if (whole) await of.setViewportSize({ width: PHONE.viewport.width, height: await of.evaluate(() => document.documentElement.scrollHeight) })
      // A page that has just moved to another process cannot always be taken at once.
      await taken(of, path).catch(() => of.waitForTimeout(300).then(() => taken(of, path)))
      if (whole) await of.setViewportSize(PHONE.viewport)
      return path
    },
    /** A photographed sheet of paper with a title, as people upload them. */
    async paper(title, lines = 14) {
      const sheet = await story.newPage('paper', { viewport: { width: 900, height: 1200 } })
      const line = i => `<p style="margin:26px 0;height:14px;width:${58 + (i * 37) % 40}%;background:#b9b6ae"></p>`
      await sheet.setContent(`<body style="margin:0;padding:70px 90px;background:#e9e4d8;font:26px serif"><main style="background:#fffdf7;padding:70px;box-shadow:0 6px 30px #0004">
        <h1 style="text-align:center;font-size:46px;letter-spacing:.3em">${title}</h1><p style="text-align:center;color:#a33">演示材料，不是真实文件</p>
        ${Array.from({ length: lines }, (_, i) => line(i)).join('')}<p style="text-align:right;margin-top:50px">签名：李明轩</p></main></body>`)
      const buffer = await sheet.screenshot({ type: 'jpeg', quality: 80 })
      await sheet.context().close()
      return { name: `${title}.jpg`, mimeType: 'image/jpeg', buffer }
    },
    /** The newest text message that says something, once it has come. */
    async sms(pattern) {
      for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
        const found = (await messages(config, story.phone)).find(m => pattern.test(m.Content))
        if (found) return found.Content
        await new Promise(done => setTimeout(done, 100))
      }
      throw new Error(`no text message like ${pattern}; there are: ${JSON.stringify(await messages(config, story.phone))}`)
    },
    /** The code on somebody else's phone. */
    async codeFor(phone) {
      for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
        const found = (await messages(config, phone)).map(m => /\d{6}/.exec(m.Content)?.[0]).find(Boolean)
        if (found) return found
        await new Promise(done => setTimeout(done, 100))
      }
      throw new Error(`no code came to ${phone}`)
    },
    allSms: () => messages(config, story.phone),
    /** A code that was not used before. */
    /** Waiting that a rule imposes: it is part of the story, but no slowness of ours. */
    async imposed(waiting) {
      const began = Date.now()
      await waiting()
      story.imposedMs += Date.now() - began
    },
    async code() {
      for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
        const codes = (await messages(config, story.phone)).map(m => /\d{6}/.exec(m.Content)?.[0]).filter(Boolean)
        if (codes.length > story.seen) {
          story.seen = codes.length
          return codes[0]
        }
        await new Promise(done => setTimeout(done, 100))
      }
      throw new Error('no code came by text message')
    },
    async newPage(where, options = {}) {
      const fresh = await (await browser.newContext({ ...HERE, ...options })).newPage()
      fresh.setDefaultTimeout(PATIENCE_MS)
      listen(fresh, complaints, where)
      count(fresh)
      return fresh
    },
    phoneLook: PHONE,
    tap: name => page.getByRole('button', { name }).tap(),
    follow: name => page.getByRole('link', { name }).first().tap(),
    sees: text => page.getByText(text).first().waitFor(),
    /** The case as the person's own list shows it now. */
    async opensCase(no) {
      await page.goto(`${story.shell}/cases/${no}`)
      await page.getByText('办理进度').waitFor()
    },
  }
  return story
}

export function expect(condition, sentence) {
  if (!condition) throw new Error(sentence)
}
