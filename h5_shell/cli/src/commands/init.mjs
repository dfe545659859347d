// @ts-check
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Told } from '../told.mjs'
import * as ui from '../ui.mjs'

const TEMPLATE = new URL('../../templates/plain/', import.meta.url)
const APPID = /^ah34[0-9]{4}[a-z][a-z0-9]{1,23}$/

/** @type {import('../commands.mjs').Command} */
export const init = {
  usage: '<目录> --appid ah341600parking [--name 名称] [--org 统一社会信用代码] [--platform 地址]',
  about: '新建一个可以直接运行的小应用：清单、页面、图标。',
  options: {
    appid: { type: 'string', note: '应用编号：ah + 六位市代码 + 自定名称' },
    name: { type: 'string', note: '应用名称' },
    org: { type: 'string', note: '主管单位统一社会信用代码' },
    owner: { type: 'string', note: '主管单位名称' },
    platform: { type: 'string', note: '平台合作方地址' },
  },
  async run({ values, positionals }) {
    const folder = resolve(positionals[0] ?? '.')
    const { appid } = values
    if (!appid || !APPID.test(appid)) throw new Told('请用 --appid 写明应用编号', ['ah + 六位市代码（省级应用用 340000）+ 小写字母开头的名称，如 ah341600parking'])
    if ((await readdir(folder).catch(() => [])).length) throw new Told(`目录 ${folder} 不是空的`)
    const told = {
      APPID: appid, NAME: values.name ?? '我的应用', SHORT: [...(values.name ?? '我的应用')].slice(0, 6).join(''), REGION: appid.slice(2, 8),
      ORG: values.org ?? '11340000MB0000001Y', OWNER: values.owner ?? '请改成主管单位名称', PLATFORM: values.platform ?? 'http://127.0.0.1:8802',
    }
    for (const name of await readdir(TEMPLATE, { recursive: true })) {
      const from = new URL(String(name).split('\\').join('/'), TEMPLATE)
      if ((await stat(from)).isDirectory()) continue
      const text = (await readFile(from, 'utf8')).replace(/__([A-Z]+)__/g, (whole, key) => told[key] ?? whole)
      const to = join(folder, String(name))
      await mkdir(dirname(to), { recursive: true })
      await writeFile(to, text)
    }
    ui.done(`已新建 ${folder}`)
    ui.line(`\n接下来：\n  cd ${positionals[0] ?? basename(folder)}\n  ahmini dev      本机运行，改了就刷新\n  ahmini check    上传前检查`)
  },
}
