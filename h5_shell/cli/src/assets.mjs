// @ts-check
/** What the platform puts before every page, from this package's own copy (`npm run build`). */
import { readFile } from 'node:fs/promises'
import { Told } from './told.mjs'

/** @param {string} name */
export async function asset(name) {
  return readFile(new URL(`../assets/${name}`, import.meta.url), 'utf8').catch(() => { throw new Told(`命令行缺少 ${name}，请重新安装 ahmini`) })
}

/** The script of a version, as `/__wanshi/app.js` gives it. @param {any} manifest @param {string} [shellOrigin] */
export async function guestScript(manifest, shellOrigin = 'https://shell.inspect.test') {
  const compat = manifest.compat ?? {}
  const told = {
    appid: manifest.appid, code: manifest.version?.code ?? 1, dialects: compat.dialects ?? [], ua: compat.ua ?? [],
    scriptMap: compat.script_map ?? {}, hostMap: compat.host_map ?? {}, baseAlias: compat.base_alias ?? [], shellOrigin,
  }
  return `window.__wanshiPrelude = ${JSON.stringify(told)};\n${await asset(told.dialects.length ? 'prelude.js' : 'guest.js')}`
}
