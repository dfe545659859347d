// @ts-check
import { readFile } from 'node:fs/promises'
import { connect } from '../platform.mjs'
import * as project from '../project.mjs'
import { Told } from '../told.mjs'
import * as ui from '../ui.mjs'
import { packageOf, signing } from './pack.mjs'

const POLL_MS = 2000
const PATIENCE_MS = 180_000

/** @type {import('../commands.mjs').Command} */
export const upload = {
  usage: '[应用包] [--key 名称 | --no-sign]',
  about: '打包、签名并上传，等机器和浏览器检查完，列出问题。',
  options: signing,
  async run({ values, positionals }) {
    const { here, data } = positionals[0]
      ? { here: await project.open('.'), data: await readFile(positionals[0]).catch(() => { throw new Told(`没有文件 ${positionals[0]}`) }) }
      : await packageOf(values)
    const platform = await connect(here)
    let version = await ui.progress(`上传 ${here.manifest.appid} ${(data.length / 1024).toFixed(0)} KB 并检查`, () => platform.send('/miniapps/versions', data))
    if (version.state === 'checked') version = await seen(platform, version)
    ui.line(`${version.appid} ${version.name}（${version.code}）：${version.state_name}`)
    return ui.findings(version.findings ?? []) ? 1 : 0
  },
}

/** Wait for the browser's look; where none comes within three minutes, it is left to the console. */
async function seen(platform, version) {
  return ui.progress('等浏览器检查', async () => {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
      const now = await platform.call('GET', `/miniapps/${version.appid}/versions/${version.code}`)
      if (!now.looking) return now
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
    return version
  })
}

/** The version a command is about: named, else the newest. @param {any} platform @param {string} appid @param {string} [code] */
export async function versionOf(platform, appid, code) {
  const { items } = await platform.call('GET', `/miniapps/${appid}/versions`)
  const found = code ? items.find(v => String(v.code) === code || v.name === code) : items[0]
  if (!found) throw new Told(code ? `没有版本 ${code}` : '还没有上传过版本')
  return found
}

/** A command that moves one version. @param {string} about @param {(platform: any, path: string, values: any) => Promise<any>} move */
function moving(about, move, options = {}) {
  return /** @type {import('../commands.mjs').Command} */ ({
    usage: '[版本]', about, options,
    async run({ values, positionals }) {
      const here = await project.open('.')
      const platform = await connect(here)
      const version = await versionOf(platform, here.manifest.appid, positionals[0])
      const told = await move(platform, `/miniapps/${version.appid}/versions/${version.code}`, values)
      const now = told.version ?? told
      ui.done(`${now.appid} ${now.name}（${now.code}）：${now.state_name}`)
      if (told.link) ui.line(`体验链接（7 天有效）：${told.link}`)
    },
  })
}
const note = /** @type {const} */ ({ note: { type: 'string', short: 'm', note: '说明' } })
export const trial = moving('开始体验，得到体验链接。', (platform, path) => platform.call('POST', `${path}/trial`))
export const submit = moving('提交审核。先由市级、再由省级审核人审核。', (platform, path, values) => platform.call('POST', `${path}/submit`, { note: values.note ?? '' }), note)
export const withdraw = moving('撤回还没有发布的版本。', (platform, path, values) => platform.call('POST', `${path}/withdraw`, { note: values.note ?? '' }), note)
