// @ts-check
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pack, unpack } from '../package.mjs'
import { parsed } from '../project.mjs'
import { Told } from '../told.mjs'
import * as ui from '../ui.mjs'

/** @type {import('../commands.mjs').Command} */
export const importGbc = {
  usage: '<压缩包> [--manifest app.json] [--out 文件]',
  about: '把浙里办的 gbc 压缩包（或普通 dist 压缩包）变成应用包，页面不用改。',
  options: { manifest: { type: 'string', note: '清单，默认用压缩包里的或当前目录的 app.json' }, out: { type: 'string', note: '输出文件' } },
  async run({ values, positionals }) {
    const [path] = positionals
    if (!path) throw new Told('请写明压缩包')
    const all = withoutTop(unpack(await readFile(path).catch(() => { throw new Told(`没有文件 ${path}`) })))
    const { files, entry } = built(all)
    const bytes = values.manifest ? await readFile(values.manifest).catch(() => { throw new Told(`没有文件 ${values.manifest}`) }) : files['app.json'] ?? await readFile(join('.', 'app.json')).catch(() => null)
    if (!bytes) throw new Told('还缺清单 app.json', ['写好 app.json 放在当前目录，或用 --manifest 指明', '字段说明见 docs/mini-app-manifest.md'])
    const manifest = parsed(bytes)
    if (entry && manifest.entry && manifest.entry !== entry) throw new Told(`app.json 的入口 ${manifest.entry} 与 gbc.json 的 ${entry} 不一致`)
    files['app.json'] = entry && !manifest.entry ? Buffer.from(`${JSON.stringify({ ...manifest, entry }, null, 2)}\n`) : bytes
    const out = values.out ?? `${manifest.appid}-${manifest.version?.name}.ahpkg`
    await writeFile(out, pack(files))
    ui.done(`${out}（${Object.keys(files).length} 个文件${entry ? `，入口 ${entry}` : ''}）`)
    hint(manifest, files)
  },
}

/** @param {Record<string, Uint8Array>} files */
function withoutTop(files) {
  const kept = Object.entries(files).filter(([path]) => !/(^|\/)(\.DS_Store|Thumbs\.db)$|^__MACOSX\//.test(path))
  const tops = new Set(kept.map(([path]) => path.split('/')[0]))
  const one = tops.size === 1 && kept.every(([path]) => path.includes('/'))
  return Object.fromEntries(one ? kept.map(([path, data]) => [path.slice(path.indexOf('/') + 1), data]) : kept)
}

/** The files under the build's output, and its entry page. @param {Record<string, Uint8Array>} files */
function built(files) {
  if (!files['gbc.json']) return { files, entry: '' }
  const told = parsed(files['gbc.json'])
  const folder = String(told.outputPath ?? '').replace(/^\.?\//, '').replace(/\/$/, '')
  const inside = Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith(`${folder}/`)).map(([path, data]) => [path.slice(folder.length + 1), data]))
  const entry = String(told.entryHTML ?? 'index.html').replace(/^\.?\//, '')
  if (!folder || !inside[entry]) throw new Told(`gbc.json 写的 ${folder || 'outputPath'} 里没有 ${entry}`, ['请先构建，再把构建结果一起打进压缩包'])
  if (files['app.json'] && !inside['app.json']) inside['app.json'] = files['app.json']
  return { files: inside, entry }
}

/** What makers of such apps forget in the manifest. */
function hint(manifest, files) {
  const text = Object.entries(files).filter(([path]) => /\.(html?|m?js)$/.test(path)).map(([, data]) => new TextDecoder().decode(data)).join('\n')
  const dialects = manifest.compat?.dialects ?? []
  for (const [dialect, mark] of /** @type {const} */ ([['zwjs', 'ZWJSBridge'], ['mgop', '/h5/mgop'], ['zwlog', 'ZwLog'], ['croods', 'croods'], ['weixin', 'WeixinJSBridge'], ['alipay', 'AlipayJSBridge']])) {
    if (text.includes(mark) && !dialects.includes(dialect)) ui.warn(`代码用到 ${mark}，compat.dialects 可能要写上 ${dialect}`)
  }
  const base = /["'`](\/web\/mgop\/gov-open\/zj\/[\w-]+\/[\w.-]+\/)/.exec(text)?.[1]
  if (base && !(manifest.compat?.base_alias ?? []).includes(base)) ui.warn(`构建时写死了目录 ${base}，compat.base_alias 可能要写上它`)
}
