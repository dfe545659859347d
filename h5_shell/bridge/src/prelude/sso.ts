/**
 * Vendors' sign-in pages. An app sends the person to 浙里办's or 皖事通's sign-in and expects them
 * back with `?ticket=`; here they are signed in already, so the way there is caught, a ticket is
 * asked for, and the app goes back to its own address. Never to any other: a ticket is for the app.
 */
import { text } from '../dialects/adapter'
import { homeward } from './surroundings'
import type { Page } from './page'

interface SignIn { host: string; path: RegExp; back: string[] }
const SIGN_INS: SignIn[] = [
  { host: 'puser.zjzwfw.gov.cn', path: /^\/sso\/(mobile|alipay|usp|newusp)\.do$/, back: ['redirectUrl', 'goto', 'sp'] },
  { host: 'sso.ahzwfw.gov.cn', path: /^\/uccp-server\/login$/, back: ['service'] },
]

/** Where the app wants to come back to, or null when the address is no vendor's sign-in. */
export function comesBack(page: Pick<Page, 'self' | 'config' | 'has'>, address: string): string | null {
  const { self, config } = page
  let url: URL
  try {
    url = new URL(address, self.location.href)
  } catch {
    return null
  }
  const found = SIGN_INS.filter(s => s.host === url.hostname && s.path.test(url.pathname))[0]
  if (!found) return null
  const here = self.location.href.split('#')[0] as string
  const wanted = found.back.map(name => url.searchParams.get(name)).filter(Boolean)[0]
  if (!wanted) return here
  const home = new URL(homeward(page, wanted), here)
  if (home.origin === self.location.origin) return home.href
  // The address an old build baked in: its folder is an alias of ours.
  const alias = config.baseAlias.some(folder => home.pathname.indexOf(folder) === 0)
  return alias ? `${self.location.origin}${home.pathname}${home.search}${home.hash}` : here
}

/** Before the hash: where the vendors put it and the apps look for it. */
export function withTicket(address: string, ticket: string): string {
  const url = new URL(address)
  url.searchParams.set('ticket', ticket)
  return url.href
}

export function catchSignIn(page: Page): void {
  const { self } = page
  const { document } = self
  let signing = false
  function caught(address: unknown): boolean {
    const back = comesBack(page, text(address))
    if (back === null) return false
    if (signing) return true
    signing = true
    const ask = page.ask('zwjs')
    const over = () => { signing = false }
    ask('ah.auth.getTicket', {}).then(
      ({ ticket }) => self.location.replace(withTicket(back, ticket)),
      () => ask('ah.ui.toast', { message: '登录没有完成，请稍后再试。' }),
    ).then(over, over)
    return true
  }
  type Going = Event & { destination: { url: string } }
  const { navigation } = self as unknown as { navigation?: EventTarget }
  if (navigation) {
    navigation.addEventListener('navigate', event => {
      if (event.cancelable && caught((event as Going).destination.url)) event.preventDefault()
    })
  }
  document.addEventListener('click', event => {
    const link = event.target instanceof self.Element ? event.target.closest('a[href]') : null
    if (link && caught((link as HTMLAnchorElement).href)) event.preventDefault()
  }, true)
  document.addEventListener('submit', event => {
    if (caught(destination(event.target as HTMLFormElement))) event.preventDefault()
  }, true)
  // A script's submit() sends no event.
  const { submit } = self.HTMLFormElement.prototype
  self.HTMLFormElement.prototype.submit = function (this: HTMLFormElement) {
    if (!caught(destination(this))) submit.call(this)
  }
  const open = self.open.bind(self)
  self.open = ((url?: string | URL, ...rest: string[]) => (caught(String(url || '')) ? null : open(url, ...rest))) as typeof self.open
}

/** The address a form leads to with its fields, as the vendors' pages read either. */
function destination(form: HTMLFormElement): string {
  // A field named `action` hides the property.
  const url = new URL(form.getAttribute('action') || '', form.ownerDocument.location.href)
  new FormData(form).forEach((value, name) => { if (typeof value === 'string') url.searchParams.set(name, value) })
  return url.href
}
