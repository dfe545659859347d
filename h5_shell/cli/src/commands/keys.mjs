// @ts-check
import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import * as keys from '../keys.mjs'
import { sign as signed } from '../package.mjs'
import { ask } from '../platform.mjs'
import * as project from '../project.mjs'
import { Told } from '../told.mjs'
import * as ui from '../ui.mjs'

/** @type {import('../commands.mjs').Command} */
export const keygen = {
  usage: '[名称] [--sm2]',
  about: '生成开发者签名密钥。私钥只在本机（~/.ahmini/keys，权限 600），公钥要在工作台登记。',
  options: { sm2: { type: 'boolean', note: '用国密 SM2，默认 Ed25519' } },
  async run({ values, positionals }) {
    const made = await keys.make(positionals[0] ?? 'default', values.sm2 ? 'sm2' : 'ed25519')
    ui.done(`私钥已保存：${made.path}`)
    ui.line(`\n请把下面的公钥登记到工作台“城市应用 → 开发者公钥”（编号 ${made.id}）：\n`)
    ui.line(made.pem)
  },
}

/** @type {import('../commands.mjs').Command} */
export const sign = {
  usage: '<应用包> [--key 名称]',
  about: '给已经打好的应用包签名（内容不变）。',
  options: { key: { type: 'string', note: '密钥名称，默认 default' } },
  async run({ values, positionals }) {
    const [path] = positionals
    if (!path) throw new Told('请写明应用包文件')
    const key = await keys.find(values.key ?? 'default')
    await writeFile(path, signed(await readFile(path).catch(() => { throw new Told(`没有文件 ${path}`) }), /** @type {string} */ (key)))
    ui.done(`已签名：${path}`)
  },
}

/** @type {import('../commands.mjs').Command} */
export const login = {
  usage: '[--platform 地址] [--id 编号]',
  about: '保存应用密钥（在工作台生成），以后的命令用它。密钥从键盘或标准输入读，不写在命令里。',
  options: {
    platform: { type: 'string', note: '平台合作方地址，默认取 ahmini.json' },
    id: { type: 'string', note: '密钥编号，默认 miniapp:<应用编号>' },
  },
  async run({ values }) {
    const here = await project.open('.')
    const platform = values.platform ?? here.platform
    if (!platform) throw new Told('不知道用哪个平台', ['加 --platform，或在 ahmini.json 里写 platform'])
    const id = values.id ?? `miniapp:${here.manifest.appid}`
    const secret = await read(`请输入 ${id} 的密钥：`)
    if (!secret) throw new Told('没有输入密钥')
    await ask(platform, 'POST', '/tokens', { body: JSON.stringify({ client_id: id, client_secret: secret }), type: 'application/json' })
    ui.done(`密钥可用，已保存到 ${await keys.keep(platform, here.manifest.appid, { id, secret })}`)
  },
}

/** @param {string} question */
async function read(question) {
  const lines = createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stdout : undefined })
  try {
    if (process.stdin.isTTY) return (await lines.question(question)).trim()
    for await (const line of lines) return line.trim()
    return ''
  } finally {
    lines.close()
  }
}
