// @ts-check
import { connect } from '../platform.mjs'
import * as project from '../project.mjs'
import { Told } from '../told.mjs'
import * as ui from '../ui.mjs'
import { versionOf } from './upload.mjs'

/** @type {import('../commands.mjs').Command} */
export const release = {
  usage: '[版本] [--permille 千分比] [--regions 代码,代码] [--stop 千分比]',
  about: '发布审核通过的版本。写了 --permille（0–999）就先给一部分人用（灰度），不写就给所有人。',
  options: {
    permille: { type: 'string', note: '给千分之几的人用' },
    regions: { type: 'string', note: '只给这些地区，用逗号隔开' },
    stop: { type: 'string', note: '失败超过千分之几自动暂停，默认 50' },
  },
  async run({ values, positionals }) {
    const { platform, path } = await at(positionals[0], ['approved', 'grey', 'halted'])
    const permille = values.permille === undefined ? null : whole(values.permille, '--permille', 0, 1000)
    const told = permille === null
      ? await platform.call('POST', `${path}/release`)
      : await platform.call('PUT', `${path}/grey`, {
        permille, error_permille: whole(values.stop ?? '50', '--stop', 1, 500), regions: values.regions ? values.regions.split(',') : [],
      })
    ui.done(`${told.name}（${told.code}）：${told.state_name}${permille === null ? '' : `，千分之 ${permille}`}`)
  },
}

/** @type {import('../commands.mjs').Command} */
export const halt = {
  usage: '[版本] -m 原因', about: '暂停灰度，不再给新的人。', options: { reason: { type: 'string', short: 'm', note: '原因' } },
  async run({ values, positionals }) {
    const { platform, path } = await at(positionals[0], ['grey'])
    ui.done((await platform.call('POST', `${path}/halt`, { reason: because(values.reason) })).state_name)
  },
}

/** @type {import('../commands.mjs').Command} */
export const resume = {
  usage: '[版本]', about: '恢复暂停的灰度。', options: { note: { type: 'string', short: 'm', note: '说明' } },
  async run({ values, positionals }) {
    const { platform, path } = await at(positionals[0], ['halted'])
    ui.done((await platform.call('POST', `${path}/resume`, { note: values.note ?? '' })).state_name)
  },
}

/** @type {import('../commands.mjs').Command} */
export const rollback = {
  usage: '[--to 版本] -m 原因', about: '回退到上一个发布过的版本，或 --to 写明的版本。立即生效。',
  options: { to: { type: 'string', note: '回退到哪个版本（内部版本号）' }, reason: { type: 'string', short: 'm', note: '原因' } },
  async run({ values }) {
    const here = await project.open('.')
    const platform = await connect(here)
    const to = values.to ? (await versionOf(platform, here.manifest.appid, values.to)).code : null
    const told = await platform.call('POST', `/miniapps/${here.manifest.appid}/roll-back`, { reason: because(values.reason), to })
    ui.done(`现在用的是 ${told.name}（${told.code}）：${told.state_name}`)
  },
}

/** The version a command is about: named, else the newest in one of the states. */
async function at(code, states) {
  const here = await project.open('.')
  const platform = await connect(here)
  const { appid } = here.manifest
  const named = code ? await versionOf(platform, appid, code) : (await platform.call('GET', `/miniapps/${appid}/versions`)).items.find(v => states.includes(v.state))
  if (!named) throw new Told('没有可以这样做的版本', ['用 ahmini status 看各版本的状态'])
  return { platform, path: `/miniapps/${appid}/versions/${named.code}` }
}
function because(reason) {
  if (!reason || reason.trim().length < 2) throw new Told('请用 -m 写明原因，它会留在历史里')
  return reason.trim()
}
function whole(text, name, least, most) {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw new Told(`${name} 要是 ${least} 到 ${most} 的整数`)
  return value
}
