/**
 * Vendors' scripts by their address. The page asks for the vendor's file and gets an empty one of
 * our own origin; once it has loaded, the global it would have made is there. A copy inside the
 * package is the app's own and is left alone.
 */
import { installAp } from './alipay'
import { fetchQueue } from './croods'
import { installDd } from './dingtalk'
import { SCRIPTS } from '../table'
import type { Page } from './page'
import { homeward } from './surroundings'
import { installWx } from './weixin'

const VENDOR = /^\/__wanshi\/vendor\/([a-z]+)\.js$/

/** Where a script of this address really comes from. */
export function standIn({ self, config }: Pick<Page, 'self' | 'config'>, address: string): string {
  let url: URL
  try {
    url = new URL(address, self.location.href)
  } catch {
    return address
  }
  if (url.origin === self.location.origin || !/^https?:$/.test(url.protocol)) return address
  const bare = `${url.host}${url.pathname}`
  const named = Object.keys(config.scriptMap).filter(part => bare === part)[0]
  const dialect = named ? config.scriptMap[named]
    : config.dialects.filter(name => (SCRIPTS[name] || []).some(part => bare.indexOf(part) >= 0))[0]
  return dialect ? `/__wanshi/vendor/${dialect}.js` : address
}

function standInMarkup(page: Page, markup: string): string {
  return markup.replace(/(<script\b[^>]*?\bsrc\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi,
    (_all, before: string, ...said: (string | undefined)[]) => {
      const address = said.slice(0, 3).filter(s => s !== undefined)[0] as string
      return `${before}"${standIn(page, address).replace(/"/g, '&quot;')}"`
    })
}

/** Wraps a setter of a prototype; `say` gives what is really set, or null to set nothing. */
function wrap(owner: object, name: string, say: (value: string) => string | null): void {
  const property = Object.getOwnPropertyDescriptor(owner, name)
  if (!property || !property.set) return
  const { set } = property
  Object.defineProperty(owner, name, Object.assign({}, property, {
    set(this: Element, value: unknown) {
      const said = say(String(value))
      // The vendor's digest does not fit what we give.
      if (said !== null && said !== String(value)) this.removeAttribute('integrity')
      if (said !== null) set.call(this, said)
    },
  }))
}

export function watchScripts(page: Page): void {
  const { self } = page
  const { document } = self
  // The gateway's older SDK asks by JSONP.
  const script = (address: string) => homeward(page, standIn(page, address))
  const frame = (address: string) => {
    if (address.slice(0, 10) !== 'iflytek://' || !page.has('croods')) return address
    fetchQueue(page)
    return null
  }
  wrap(self.HTMLScriptElement.prototype, 'src', script)
  wrap(self.HTMLIFrameElement.prototype, 'src', frame)
  const { setAttribute } = self.Element.prototype
  self.Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
    const isSrc = String(name).toLowerCase() === 'src'
    const said = isSrc && this instanceof self.HTMLScriptElement ? script(String(value))
      : isSrc && this instanceof self.HTMLIFrameElement ? frame(String(value)) : value
    if (said !== null && said !== value) this.removeAttribute('integrity')
    if (said !== null) setAttribute.call(this, name, said)
  }
  for (const name of ['write', 'writeln'] as const) {
    const own = document[name].bind(document)
    document[name] = (...markup: string[]) => own(...markup.map(m => standInMarkup(page, String(m))))
  }
  document.addEventListener('load', event => {
    const { src } = event.target as { src?: string }
    const found = src ? VENDOR.exec(new URL(src, self.location.href).pathname) : null
    if (found) appear(page, found[1] as string)
  }, true)
}

const seen: Record<string, true> = {}
function appear(page: Page, dialect: string): void {
  if (seen[dialect]) return
  seen[dialect] = true
  if (dialect === 'weixin') installWx(page)
  else if (dialect === 'alipay') installAp(page)
  else if (dialect === 'dingtalk' || dialect === 'zwjs') installDd(page)
}
