// @ts-check
import { connect } from '../platform.mjs'
import * as project from '../project.mjs'
import * as ui from '../ui.mjs'

const when = (/** @type {string} */ at) => new Date(at).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false })

/** @type {import('../commands.mjs').Command} */
export const status = {
  usage: '[--json]', about: '看应用和各版本的状态、灰度和最近一周的使用情况。', options: { json: { type: 'boolean', note: '输出 JSON' } },
  async run({ values }) {
    const told = await detail()
    if (values.json) return ui.line(JSON.stringify(told, null, 1))
    const { app, versions, grey, usage } = told
    ui.line(`${ui.bold(app.name)} ${app.appid}  ${app.state_name}${app.state_reason ? `：${app.state_reason}` : ''}`)
    ui.line(app.current ? `正在用的版本：${app.current}，最低允许 ${app.floor || '不限'}` : '还没有发布过版本')
    if (versions.length) ui.table([['版本', '编号', '状态', '上传时间', '签名'], ...versions.map(v => [v.name, String(v.code), v.state_name, when(v.uploaded_at), v.signed_by ? `${v.signed_by.slice(0, 8)}…` : '无'])])
    if (grey) ui.line(`灰度 ${grey.code}：千分之 ${grey.permille}，${grey.state_name}；最近一刻钟打开 ${grey.opened} 次，失败 ${grey.failed} 次`)
    if (usage.length) ui.table([['版本', '打开', '人数', '失败', '打开用时（中位）'], ...usage.map(u => [String(u.code), String(u.launches), String(u.people), String(u.failed), u.median_ready_ms === null ? '—' : `${Math.round(u.median_ready_ms)} 毫秒`])])
  },
}

/** @type {import('../commands.mjs').Command} */
export const logs = {
  usage: '[--reports [--kind 种类]] [--json]',
  about: '看应用的历史：谁在什么时候做了什么；--reports 看页面报告的脚本错误和打开速度（不含任何个人信息）。',
  options: {
    reports: { type: 'boolean', note: '看页面报告' }, kind: { type: 'string', note: 'error、blocked、view、vital 或 event' },
    json: { type: 'boolean', note: '输出 JSON' },
  },
  async run({ values }) {
    if (values.reports) return reports(values)
    const { history } = await detail()
    if (values.json) return ui.line(JSON.stringify(history, null, 1))
    for (const one of [...history].reverse()) ui.line(`${ui.dim(when(one.at))} ${one.code ? `版本 ${one.code} ` : ''}${one.deed_name} ${ui.dim(one.by_name)}${one.note ? ` ${one.note}` : ''}`)
  },
}

/** @param {Record<string, any>} values */
async function reports({ kind, json }) {
  const here = await project.open('.')
  const platform = await connect(here)
  const { items } = await platform.call('GET', `/miniapps/${here.manifest.appid}/traces${kind ? `?kind=${encodeURIComponent(kind)}` : ''}`)
  if (json) return ui.line(JSON.stringify(items, null, 1))
  if (!items.length) return ui.done('最近两周没有页面报告')
  for (const one of [...items].reverse()) {
    const data = Object.entries(one.data).map(([name, value]) => `${name}=${value}`).join(' ')
    ui.line(`${ui.dim(when(one.at))} 版本 ${one.code} ${one.kind_name} ${one.page} ${one.name}${one.duration_ms === null ? '' : ` ${one.duration_ms} 毫秒`} ${ui.dim(data)}`.trimEnd())
  }
}

async function detail() {
  const here = await project.open('.')
  const platform = await connect(here)
  return platform.call('GET', `/miniapps/${here.manifest.appid}`)
}
