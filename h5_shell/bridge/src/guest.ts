/**
 * The guest SDK: `import { createGuest } from '@wanshi/bridge/guest'`, or the global `wanshi`
 * that the platform puts into every page. Every method of the table is
 * `guest.<namespace>.<name>(params)` and gives a promise; see docs/guest-sdk.md.
 */
import { connect, WanshiError, type Connection } from './connection'
import { contentOf, nameIn } from './content'
import { METHODS, type Content, type MethodName, type Params, type Result } from './methods'
import type { BridgeRefusal } from './protocol'

export { WanshiError }
export { codes, type Code } from './protocol'
export type * from './methods'

type Spaces = MethodName extends `ah.${infer S}.${string}` ? S : never
type SpaceOf<M> = M extends `ah.${infer S}.${string}` ? S : never
type Named<S extends string> = Extract<MethodName, `ah.${S}.${string}`>
type Own<M, S extends string> = M extends `ah.${S}.${infer K}` ? K : never
// What people write most: the text alone.
const SHORT = {
  'ah.ui.setTitle': 'title', 'ah.ui.toast': 'message', 'ah.ui.alert': 'message', 'ah.ui.confirm': 'message',
  'ah.link.open': 'url', 'ah.device.setClipboard': 'text', 'ah.storage.get': 'key', 'ah.storage.remove': 'key',
} as const
type Said<M extends MethodName> = Params<M> | (M extends keyof typeof SHORT ? string : never)
// Where nothing must be said, nothing need be given.
type Calls<M extends MethodName> = Record<string, never> extends Params<M>
  ? (params?: Said<M>) => Promise<Result<M>>
  : (params: Said<M>) => Promise<Result<M>>

export type Guest = {
  readonly [S in SpaceOf<MethodName>]: { readonly [M in Named<S> as Own<M, S>]: Calls<M> }
} & Pick<Connection, 'ready' | 'on' | 'off'> & {
  /** The same calls by their full name. */
  invoke<M extends MethodName>(method: M, params?: Params<M>): Promise<Result<M>>
}

type Bringing = { image?: Content; file?: Content; images?: Content[]; name?: string }
/** The shell takes bytes, not addresses: fetch what the params name. */
function brought(self: Window, method: MethodName, params: Bringing): Promise<unknown> {
  if (method === 'ah.media.previewImage') {
    return Promise.all((params.images || []).map(ref => contentOf(self, ref))).then(images => Object.assign({}, params, { images }))
  }
  const key = method === 'ah.media.saveImage' ? 'image' : 'file'
  const ref = params[key] as Content
  const name = params.name || (typeof ref === 'string' ? nameIn(ref) : '')
  return contentOf(self, ref).then(bytes => Object.assign({}, params, { [key]: bytes, name }))
}
const failed = (error: BridgeRefusal) => { throw new WanshiError(error) }
const BRINGING: MethodName[] = ['ah.media.previewImage', 'ah.media.saveImage', 'ah.file.download']

/** Joins this page to the shell around it; called twice it gives the same connection. */
export function createGuest(self: Window = window): Guest {
  const { ready, invoke, on, off } = connect(self)
  const call = (method: string, params?: unknown) => (params && BRINGING.indexOf(method as MethodName) >= 0
    ? Promise.resolve().then(() => brought(self, method as MethodName, params)).then(said => invoke(method, said), failed)
    : invoke(method, params))
  const guest = { ready, on, off, invoke: call }
  const spaces = guest as unknown as Record<Spaces, Record<string, unknown>>
  Object.keys(METHODS).forEach(method => {
    const [, space, name] = method.split('.') as [string, Spaces, string]
    const calls = spaces[space] = spaces[space] || {}
    const short = (SHORT as Record<string, string>)[method]
    calls[name] = (params?: unknown) => call(method, short && typeof params === 'string' ? { [short]: params } : params)
  })
  return guest as unknown as Guest
}
