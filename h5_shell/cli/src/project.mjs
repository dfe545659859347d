// @ts-check
/**
 * A project on disk: `app.json` and the built files beside it, and `ahmini.json` with what is the
 * team's own business (where the build lies, which platform). Keys never lie in the project.
 */
import { readFile, readdir } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { Told } from './told.mjs'

/** What editors, file managers and tools leave behind, and what must not leave the machine. */
const LEFT_OUT = /(^|\/)(\.[^/]*|node_modules|Thumbs\.db|desktop\.ini|__MACOSX|ahmini\.json|[^/]*\.ahpkg|[^/]*\.pem|META-INF)(\/|$)/i

/**
 * @typedef {{folder: string, platform: string, manifest: any, files: Record<string, Uint8Array>}} Project
 * @param {string} folder where `ahmini.json` or `app.json` lies @returns {Promise<Project>}
 */
export async function open(folder) {
  const root = resolve(folder)
  const own = await json(join(root, 'ahmini.json'), {})
  const dist = resolve(root, own.dist ?? '.')
  if (relative(root, dist).startsWith('..')) throw new Told('ahmini.json 的 dist 不能指到项目外面')
  const files = await read(dist)
  if (!files['app.json'] && dist !== root) {
    const beside = await readFile(join(root, 'app.json')).catch(() => null)
    if (beside) files['app.json'] = beside
  }
  if (!files['app.json']) throw new Told(`${dist} 里没有 app.json`, ['新建项目用 ahmini init；已有项目先写 app.json，见 docs/mini-app-manifest.md'])
  const manifest = parsed(files['app.json'])
  return { folder: root, platform: process.env.AHMINI_PLATFORM ?? own.platform ?? '', manifest, files }
}

/** @param {Uint8Array} bytes */
export function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (problem) {
    throw new Told('app.json 不是有效的 JSON', [String(/** @type {Error} */ (problem).message)])
  }
}

async function json(path, otherwise) {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return otherwise
  try { return JSON.parse(text) } catch { throw new Told(`${path} 不是有效的 JSON`) }
}

/** Every file below a folder by its path with slashes. @param {string} folder */
async function read(folder) {
  /** @type {Record<string, Uint8Array>} */
  const files = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => { throw new Told(`没有目录 ${folder}，请先构建`) })
  for (const entry of entries) {
    const full = join(entry.parentPath ?? entry.path, entry.name)
    const path = relative(folder, full).split(sep).join('/')
    if (LEFT_OUT.test(path)) continue
    if (entry.isSymbolicLink()) throw new Told(`应用包里不能有链接：${path}`)
    if (entry.isFile()) files[path] = await readFile(full)
  }
  return files
}
