/** What the page thinks it runs in: the user agent's tokens, and where vendors' hosts lead. */
import type { Page } from './page'

// Where an app names no token itself, its first dialect is told by the one its vendor uses.
const TOKENS: Record<string, string> = {
  croods: 'iflytek_mmp', zwjs: 'dtdreamweb', weixin: 'MicroMessenger/8.0.50',
  alipay: 'AliApp(AP/10.6.0) AlipayClient/10.6.0', dingtalk: 'DingTalk/7.6.0',
}
const GATEWAYS = ['mapi.zjzwfw.gov.cn', 'pre-mapi.zjzwfw.gov.cn', '47.96.150.251']

export function nameUs({ self, config }: Page): void {
  const first = config.dialects.map(dialect => TOKENS[dialect]).filter(Boolean)[0]
  const tokens = config.ua.length ? config.ua.join(' ') : first
  if (!tokens) return
  const named = `${self.navigator.userAgent} ${tokens}`
  Object.defineProperty(self.Navigator.prototype, 'userAgent', { get: () => named, configurable: true })
}

/** An address on a vendor's host as one of our own origin; others stay as they are. */
export function homeward({ self, config, has }: Pick<Page, 'self' | 'config' | 'has'>, address: string): string {
  let url: URL
  try {
    url = new URL(address, self.location.href)
  } catch {
    return address
  }
  if (!/^https?:$/.test(url.protocol)) return address
  const mapped = Object.prototype.hasOwnProperty.call(config.hostMap, url.hostname) ? config.hostMap[url.hostname] as string : ''
  const gateway = has.call({ config }, 'mgop') && GATEWAYS.indexOf(url.hostname) >= 0 && /^\/h5\/mgop$/.test(url.pathname)
  if (gateway) return `${self.location.origin}/h5/mgop${url.search}`
  return mapped ? `${self.location.origin}${mapped.replace(/\/$/, '')}${url.pathname}${url.search}` : address
}

/** Requests leave for the vendor's host and arrive at ours: the page's own code is not touched. */
export function leadHome(page: Page): void {
  const { self } = page
  const { open } = self.XMLHttpRequest.prototype
  self.XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, method: string, url: string | URL, ...rest: unknown[]) {
    return (open as (...all: unknown[]) => void).call(this, method, homeward(page, String(url)), ...(rest.length ? rest : [true]))
  } as typeof open
  const fetched = self.fetch.bind(self)
  self.fetch = ((asked: RequestInfo | URL, init?: RequestInit) => {
    const isRequest = typeof self.Request === 'function' && asked instanceof self.Request
    const from = isRequest ? (asked as Request).url : String(asked)
    const to = homeward(page, from)
    return to === from ? fetched(asked, init) : fetched(isRequest ? new self.Request(to, asked as Request) : to, init)
  }) as typeof self.fetch
}
