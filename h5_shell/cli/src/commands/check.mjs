// @ts-check
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inspect } from '../inspect.mjs'
import { guestScript } from '../assets.mjs'
import { connect } from '../platform.mjs'
import * as schema from '../schema.mjs'
import * as ui from '../ui.mjs'
import { packageOf, signing } from './pack.mjs'

/** @type {import('../commands.mjs').Command} */
export const check = {
  usage: '[--offline] [--no-browser] [--shots 目录]',
  about: '上传前检查：清单、平台的机器检查（不保存）、真实浏览器（普通版和长辈版）。',
  options: {
    ...signing,
    offline: { type: 'boolean', note: '不连平台，只做本机的检查' },
    'no-browser': { type: 'boolean', note: '不用浏览器' },
    chromium: { type: 'string', note: 'Chromium 或 Chrome 的路径，默认自己找' },
    shots: { type: 'string', note: '把页面图片存到这个目录' },
  },
  async run({ values }) {
    const { here, data } = await packageOf(values)
    const found = await schema.faults(here.manifest, here.files)
    if (!found.length && !values.offline) {
      const platform = await connect(here)
      const told = await ui.progress('平台的机器检查', () => platform.send('/miniapps/checks', data))
      found.push(...told.findings)
    }
    if (!values['no-browser'] && !schema.broken(found)) found.push(...await looked(here, values))
    return ui.findings(found) ? 1 : 0
  },
}

async function looked(here, values) {
  const chromium = browser(values.chromium)
  if (!chromium) {
    ui.warn('没有找到 Chromium 或 Chrome，跳过浏览器检查（可用 --chromium 指明）')
    return []
  }
  const folder = await mkdtemp(join(tmpdir(), 'ahmini-'))
  try {
    for (const [path, bytes] of Object.entries(here.files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), bytes)
    }
    return await ui.progress('真实浏览器检查', async say => {
      const out = values.shots ?? join(folder, '.shots')
      const { findings } = await inspect({
        folder, out, chromium, csp: policy(here.manifest), script: await guestScript(here.manifest),
        onPage: (path, mode) => say(`${path}${mode === 'elder' ? '（长辈版）' : ''}`),
      })
      return findings
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The policy the app will run under, as far as a page can tell. */
export function policy(manifest) {
  const network = manifest.network ?? {}
  const connectTo = [...(network.request ?? []), ...(network.upload ?? []), ...(network.download ?? [])]
  const rules = {
    'default-src': ["'none'"], 'script-src': ["'self'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'data:', ...(network.img ?? [])],
    'font-src': ["'self'", 'data:'], 'media-src': ["'self'"], 'connect-src': ["'self'", ...connectTo], 'frame-src': network.frame?.length ? network.frame : ["'none'"],
    'worker-src': ["'self'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'self'"],
  }
  for (const { directive, value } of manifest.csp_exceptions ?? []) rules[directive]?.push(value)
  return Object.entries(rules).map(([name, values]) => `${name} ${values.join(' ')}`).join('; ')
}

function browser(given) {
  const places = [given, process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/microsoft-edge',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    `${process.env.PROGRAMFILES}\\Google\\Chrome\\Application\\chrome.exe`, `${process.env['PROGRAMFILES(X86)']}\\Microsoft\\Edge\\Application\\msedge.exe`]
  return places.find(path => path && existsSync(path)) ?? null
}
export const findBrowser = browser
