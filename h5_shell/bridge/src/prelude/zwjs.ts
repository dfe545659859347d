/** 浙里办: `ZWJSBridge` of our own, and the Jupiter container that the vendor's script knows. */
import { ZWJS, menuItems } from '../dialects/zwjs'
import { count, pick, record, text, type Ask, type Dialect } from '../dialects/adapter'
import { anyName, callback, failure, run } from './calling'
import { egop } from './mgop'
import type { Page } from './page'

const UUID_KEY = '__wanshi_uuid'

/** A number of this app on this device: nothing that would be the same elsewhere. */
function installation(self: Window): string {
  const kept = self.localStorage.getItem(UUID_KEY)
  if (kept) return kept
  const bytes = Array.from(self.crypto.getRandomValues(new Uint8Array(16)))
  const made = bytes.map(byte => (byte + 256).toString(16).slice(1)).join('')
  self.localStorage.setItem(UUID_KEY, made)
  return made
}

function upload(page: Page, ask: Ask, params: Record<string, unknown>) {
  return page.files(ask, [], count(params.count, 1), text(params.type)).then(files =>
    page.send({ url: text(params.url), name: pick(params, 'name'), fields: record(params.formData), headers: record(params.header), files })
      .then(({ status, body }) => {
        const said = status < 300 ? 'success' : 'fail'
        return { status: said, filePath: [body], fileName: files.map(file => file.name), msg: said }
      }))
}

/** All of the dialect, with what only a page can do. */
export const zwjs = (page: Page): Dialect => Object.assign({}, ZWJS, {
  getUUID: () => Promise.resolve({ uuid: installation(page.self) }),
  uploadFile: (ask, p) => upload(page, ask, p),
  saveImage: (ask, p) => page.content(text(p.url)).then(image => ask('ah.media.saveImage', { image })).then(() => ({})),
  downloadFile: (ask, p) => page.download(ask, text(p.url), text(p.fileName)).then(() => ({ success: true })),
  egop: (_ask, p) => egop(page, p),
  openLink: (ask, p) => {
    if (p.type !== 'reload') return page.open(ask, text(p.url))
    page.self.location.reload()
    return Promise.resolve({})
  },
  setMenu: (ask, p) => ask('ah.ui.setMenu', { items: menuItems(p.items) }).then(() => new Promise(resolve => {
    const told = (picked: { id: string }) => {
      page.connection.off('menu', told)
      resolve({ id: picked.id })
    }
    page.connection.on('menu', told)
  })),
} as Dialect)

/** The global of the vendor's script; any name may be called, what we lack is refused. */
export function installZwjs(page: Page): void {
  const dialect = zwjs(page)
  const ask = page.ask('zwjs')
  const call = (name: string) => (params?: unknown) => run(dialect, ask, name, params).then(
    result => {
      callback(params, 'onSuccess', 'success')(result)
      return result
    },
    error => {
      const { errorCode, message, numbers } = failure(error)
      const refusal = { errorCode: errorCode || numbers.zwjs, errorMessage: message }
      callback(params, 'onFail', 'fail')(refusal)
      throw refusal
    },
  )
  const base: Record<string, unknown> = { onReady: (ready: () => void) => { page.self.setTimeout(ready, 0) } }
  Object.keys(dialect).forEach(name => { base[name] = call(name) })
  Object.assign(page.self, {
    ZWJSBridge: anyName(base, call),
    JupiterJSBridge: { call: (_api: string, params: unknown, done?: (r: unknown) => void) => jupiter(dialect, ask, params, done) },
  })
}

function jupiter(dialect: Dialect, ask: Ask, asked: unknown, done: (r: unknown) => void = () => undefined) {
  const { apiName, params } = record(asked)
  run(dialect, ask, text(apiName), params).then(
    // The vendor's two scripts read the same answer under two names.
    result => done({ errorCode: '0', result, data: result }),
    error => {
      const { errorCode, message, numbers } = failure(error)
      done({ errorCode: String(errorCode || numbers.zwjs), errorMessage: message })
    },
  )
}
