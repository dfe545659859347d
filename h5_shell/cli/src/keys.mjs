// @ts-check
/** Keys and app keys lie under the person's home, readable by nobody else, never in the project. */
import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { publicOf } from './package.mjs'
import { Told } from './told.mjs'
import * as ui from './ui.mjs'

const home = () => process.env.AHMINI_HOME ?? join(homedir(), '.ahmini')
const keyPath = (/** @type {string} */ name) => join(home(), 'keys', `${name}.pem`)
const NAME = /^[A-Za-z0-9_.-]{1,40}$/

/** @param {string} name @param {'ed25519'|'sm2'} alg */
export async function make(name, alg) {
  if (!NAME.test(name)) throw new Told('密钥名称只能用字母、数字、点、横线')
  const path = keyPath(name)
  if (await stat(path).catch(() => null)) throw new Told(`已经有密钥 ${name}`, ['换个名称，或先自行备份并删除旧文件：' + path])
  const { privateKey } = alg === 'sm2' ? generateKeyPairSync('ec', { namedCurve: 'SM2' }) : generateKeyPairSync('ed25519')
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await secret(path, pem)
  return { path, ...publicOf(pem) }
}

/** The private key to sign with: `AHMINI_SIGNING_KEY` (a file), else the one of this name; null when there is none. @param {string} [name] */
export async function find(name) {
  const path = process.env.AHMINI_SIGNING_KEY ?? keyPath(name ?? 'default')
  const pem = await readFile(path, 'utf8').catch(() => null)
  if (pem === null && (name || process.env.AHMINI_SIGNING_KEY)) throw new Told(`没有密钥文件 ${path}`, ['用 ahmini keygen 生成'])
  if (pem !== null && process.platform !== 'win32' && (await stat(path)).mode & 0o077) ui.warn(`密钥文件 ${path} 别人也能读，请执行 chmod 600`)
  return pem
}

/** @param {string} path @param {string} text */
export async function secret(path, text) {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  await writeFile(path, text, { mode: 0o600 })
  await chmod(path, 0o600)
}

/**
 * The app's key on a platform: from the environment (in CI), else what `ahmini login` kept.
 * @param {string} platform @param {string} appid @returns {Promise<{id: string, secret: string}>}
 */
export async function appKey(platform, appid) {
  if (process.env.AHMINI_CLIENT_SECRET) return { id: process.env.AHMINI_CLIENT_ID ?? `miniapp:${appid}`, secret: process.env.AHMINI_CLIENT_SECRET }
  const kept = JSON.parse(await readFile(join(home(), 'apps.json'), 'utf8').catch(() => '{}'))
  const found = kept[platform]?.[appid]
  if (!found) throw new Told(`没有 ${appid} 在 ${platform} 的应用密钥`, ['在工作台“城市应用”里生成应用密钥，再执行 ahmini login', '在持续集成里用环境变量 AHMINI_CLIENT_ID、AHMINI_CLIENT_SECRET'])
  return found
}

/** @param {string} platform @param {string} appid @param {{id: string, secret: string}} key */
export async function keep(platform, appid, key) {
  const path = join(home(), 'apps.json')
  const kept = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'))
  kept[platform] = { ...kept[platform], [appid]: key }
  await secret(path, JSON.stringify(kept, null, 1))
  return path
}
