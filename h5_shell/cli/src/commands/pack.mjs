// @ts-check
import { writeFile } from 'node:fs/promises'
import * as keys from '../keys.mjs'
import { pack as packed, publicOf } from '../package.mjs'
import * as project from '../project.mjs'
import * as ui from '../ui.mjs'

/** The package of the project here, signed where there is a key. @param {{key?: string, 'no-sign'?: boolean}} values */
export async function packageOf(values) {
  const here = await project.open('.')
  const key = values['no-sign'] ? null : await keys.find(values.key)
  const data = packed(here.files, key ?? undefined)
  return { here, data, signedBy: key ? publicOf(key).id : '' }
}

export const signing = /** @type {const} */ ({
  key: { type: 'string', note: '签名密钥名称，默认 default' },
  'no-sign': { type: 'boolean', note: '不签名' },
})

/** @type {import('../commands.mjs').Command} */
export const pack = {
  usage: '[文件名] [--key 名称 | --no-sign]',
  about: '打成应用包（.ahpkg）。有签名密钥就签名；同样的文件每次打出的包完全相同。',
  options: signing,
  async run({ values, positionals }) {
    const { here, data, signedBy } = await packageOf(values)
    const path = positionals[0] ?? `${here.manifest.appid}-${here.manifest.version?.name ?? '0'}.ahpkg`
    await writeFile(path, data)
    ui.done(`${path}（${Object.keys(here.files).length} 个文件，${(data.length / 1024).toFixed(0)} KB，${signedBy ? `签名 ${signedBy.slice(0, 12)}…` : '未签名'}）`)
  },
}
