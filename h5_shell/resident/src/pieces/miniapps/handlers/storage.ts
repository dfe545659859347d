import { BridgeRefusal, type Handlers } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { malformed } from '../refusals'

/** Kept apart from the shell's own memory and from every other app's. */
const PREFIX = 'wanshi.app/'
const LONGEST_KEY = 128
const MOST_CHARACTERS = 256 * 1024

const keysOf = (start: string) => Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i) ?? '').filter(k => k.startsWith(start))
const drop = (start: string) => keysOf(start).forEach(k => localStorage.removeItem(k))

/** `room` is the host name of the app's origin: a version on trial has its own. */
export const roomOf = (origin: string) => new URL(origin).hostname
export function forgetApp(appid: string) {
  try { drop(`${PREFIX}${appid}.`) } catch { /* a browser without storage has kept nothing */ }
}

export function storageHandlers(origin: string) {
  const start = `${PREFIX}${roomOf(origin)}/`
  const at = (key: unknown) => {
    if (typeof key !== 'string' || !key || key.length > LONGEST_KEY) throw malformed('键不对')
    return start + key
  }
  const guarded = <T>(work: () => T): T => {
    try { return work() } catch (error) {
      throw error instanceof BridgeRefusal ? error : new BridgeRefusal(codes.failed, '浏览器没有允许保存')
    }
  }
  const everything = () => Object.fromEntries(keysOf(start).map(k => [k.slice(start.length), localStorage.getItem(k) ?? '']))
  return {
    'ah.storage.get': p => guarded(() => (p.key === undefined ? { value: null, values: everything() } : { value: localStorage.getItem(at(p.key)) })),
    'ah.storage.set': p => guarded(() => {
      const [key, value] = [at(p.key), p.value]
      if (typeof value !== 'string') throw malformed('值要是文字')
      const kept = keysOf(start).filter(k => k !== key).reduce((sum, k) => sum + k.length + (localStorage.getItem(k)?.length ?? 0), 0)
      if (kept + key.length + value.length > MOST_CHARACTERS) throw malformed('这个应用存得太多了')
      localStorage.setItem(key, value)
      return null
    }),
    'ah.storage.remove': p => guarded(() => {
      if (p.key === undefined) drop(start)
      else localStorage.removeItem(at(p.key))
      return null
    }),
  } satisfies Partial<Handlers>
}
