/** 浙里办's globals, as its scripts make them: the bridge, and the counting of page views. */
interface Bridge {
  onReady: (ready: () => void) => void
  ssoTicket: (p: object) => Promise<{ result: boolean; ticketId: string }>
  getUiStyle: () => Promise<{ uiStyle: string }>
  setTitle: (p: { title: string }) => Promise<unknown>
  phoneCall: (p: { corpId: string }) => Promise<unknown>
}
interface Log { onReady: (ready: () => void) => void; sendPV: (p: object) => void }
interface Vendor { ZWJSBridge: Bridge; ZwLog: new (p: object) => Log; wanshi?: { on: (name: 'uiStyle', told: (style: string) => void) => void } }

const vendor = window as unknown as Vendor
export const bridge = vendor.ZWJSBridge
const opened = Date.now()
const log = new vendor.ZwLog({})

export function titled(title: string, page: string) {
  document.title = title
  bridge.setTitle({ title }).catch(() => undefined)
  log.onReady(() => log.sendPV({ miniAppId: '2002199001', miniAppName: '马鞍山教育', t0: String(opened), t2: String(Date.now()), pageId: page, pageName: title, log_status: '01' }))
}

/** Large type, when the page opens and when the person turns it on meanwhile. */
export function dressed() {
  const dress = (style: string) => { document.documentElement.dataset.ui = style === 'elder' ? 'elder' : 'normal' }
  bridge.onReady(() => { bridge.getUiStyle().then(told => dress(told.uiStyle), () => undefined) })
  vendor.wanshi?.on('uiStyle', dress)
}
