/** How a vendor's call becomes ours: small functions, one a name. */
import { onGrid } from '../coordinates'
import { BridgeRefusal, codes } from '../protocol'
import type { Grid, Location, MethodName, Params, PickedFile, Result } from '../methods'

export type Ask = <M extends MethodName>(method: M, params: Params<M>) => Promise<Result<M>>
export type Raw = Record<string, unknown>
export type Adapter = (ask: Ask, params: Raw) => Promise<unknown>
export type Dialect = Readonly<Record<string, Adapter>>

export const unsupported: Adapter = () => Promise.reject(new BridgeRefusal(codes.unsupported, '当前环境不支持这个方法'))
/** For vendors' set-up calls that ask nothing of us. */
export const accepted: Adapter = () => Promise.resolve({})

export const text = (value: unknown, otherwise = ''): string =>
  (typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise)
export const count = (value: unknown, otherwise: number): number => (Number(value) > 0 ? Number(value) : otherwise)
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const record = (value: unknown): Raw => (value && typeof value === 'object' ? value as Raw : {})
export const texts = (value: unknown): string[] => list(value).map(item => text(item))

/** The first of several params that says something: vendors rename theirs between versions. */
export function pick(params: Raw, ...names: string[]): string {
  for (const name of names) if (text(params[name])) return text(params[name])
  return ''
}

/** An answer that says no more than that it went well. No `then`: a module that exports one is taken for a promise. */
export const always = <T>(answer: T) => () => answer
export const nothing = always({})

export function locate(ask: Ask, grid: Grid): Promise<Location> {
  return ask('ah.device.getLocation', { coordinate: grid }).then(place => onGrid(place, grid))
}

/** The bytes as base64, with the `data:` head. */
export function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(new BridgeRefusal(codes.failed, '图片读取失败'))
    reader.readAsDataURL(blob)
  })
}
export const base64 = (file: PickedFile): Promise<string> =>
  dataUrl(file.blob).then(url => url.slice(url.indexOf(',') + 1))

/** Asks with the vendor's own labels; more than two are a list to choose from. */
export function confirmLabelled(ask: Ask, params: Raw): Promise<{ buttonIndex: number }> {
  const labels = texts(params.buttonLabels)
  const [title, message] = [text(params.title), text(params.message)]
  if (labels.length > 2) {
    return ask('ah.ui.actionSheet', { title: title || message, items: labels }).then(({ index }) => ({ buttonIndex: index }))
  }
  return ask('ah.ui.confirm', { title, message, ok: labels[0], cancel: labels[1] })
    .then(({ confirmed }) => ({ buttonIndex: confirmed ? 0 : 1 }))
}
