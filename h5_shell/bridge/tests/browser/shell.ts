/** The page around the app in these tests: the real BridgeHost, a gate and handlers tests script. */
import { BridgeHost, BridgeRefusal, type Call, type Handlers } from '../../src/host'
import { METHODS, type LaunchContext } from '../../src/methods'

interface Scripted {
  declared: string[]
  approved: string[]
  /** Method → code it is refused with at this check. */
  consent: Record<string, string>
  gesture: string
  answers: Record<string, unknown>
}
type Server = Window & { verifyOnServer: (call: unknown) => Promise<{ done: boolean; value?: unknown; code?: string }> }

const picture = () => {
  const bytes = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), c => c.charCodeAt(0))
  return { name: 'a.png', type: 'image/png', size: bytes.length, blob: new Blob([bytes], { type: 'image/png' }) }
}
const REGION = { code: '340100', name: '合肥市' }
const ANSWERS: Record<string, unknown> = {
  'ah.auth.getTicket': { ticket: 'T-1', expires_in_s: 60 },
  'ah.auth.getUser': { openid: 'o1', tier: 2, kind: 'natural', name: '王*' },
  'ah.auth.verifyFace': { passed: true, at: '2026-01-01T00:00:00Z' },
  'ah.device.getLocation': { longitude: 117.2272, latitude: 31.8206, accuracy: 20, coordinate: 'wgs84', region: REGION, address: '政务区' },
  'ah.device.scan': { text: 'https://a.example/?c=1', kind: 'qr' },
  'ah.device.getNetworkType': { type: 'wifi' },
  'ah.device.getUiStyle': { uiStyle: 'elder' },
  'ah.pay.request': { bill: '340', status: 'paid' },
  'ah.ui.confirm': { confirmed: true },
  'ah.ui.prompt': { confirmed: true, value: '写的字' },
  'ah.ui.actionSheet': { index: 1 },
  'ah.storage.get': { value: '存的', values: { a: '存的' } },
  'ah.region.get': REGION,
  'ah.region.choose': REGION,
}

const script: Scripted = { declared: [], approved: [], consent: {}, gesture: '', answers: {} }
const calls: { method: string; params: unknown; dialect: string; proof?: unknown }[] = []
const asked: string[] = []
let host: BridgeHost | null = null

const context = (): LaunchContext => ({
  appid: 'ah340100demo', version: '1.0.0', platform: 'wanshi', uiStyle: 'normal', region: REGION, locale: 'zh-CN', scopes: script.approved, trial: false,
})
const gate = {
  declared: (scope: string) => script.declared.includes(scope),
  approved: (scope: string) => script.approved.includes(scope),
  consent: async (call: Call) => {
    asked.push(`consent ${call.scope}`)
    const code = script.consent[call.method]
    if (code) throw new BridgeRefusal(code, '没有同意', call.scope)
  },
  verify: async (call: Call) => {
    asked.push(`verify ${call.method}`)
    // What the driver hands back counts as a tap, so it is asked only where it has a say.
    if (!call.proof) return { done: false }
    const said = await (window as unknown as Server).verifyOnServer({ method: call.method, proof: call.proof })
    if (said.code) throw new BridgeRefusal(said.code, '后端不允许')
    return said
  },
  gesture: async (call: Call) => {
    asked.push(`gesture ${call.method}`)
    if (script.gesture) throw new BridgeRefusal(script.gesture, '需要您点一下')
  },
}

function handler(method: string) {
  return (params: unknown, call: Call) => {
    // What a page is watched for (src/watching.ts) comes of itself; tests ask what the app called.
    if (method !== 'ah.trace.report' || call.dialect) calls.push({ method, params, dialect: call.dialect, proof: call.proof })
    if (method in script.answers) return script.answers[method]
    if (method === 'ah.media.chooseImage') return { images: [picture()] }
    if (method === 'ah.file.upload') return { files: (params as { chosen?: unknown }).chosen ? [] : [picture()] }
    return ANSWERS[method] ?? null
  }
}

const scopes = [...new Set(Object.values(METHODS).map(facts => facts.scope).filter(Boolean))]
const shell = {
  calls, asked, script, scopes,
  reset() {
    Object.assign(script, { declared: scopes, approved: scopes, consent: {}, gesture: '', answers: {} })
    calls.length = 0
    asked.length = 0
  },
  /** Opens an app as the container does: sandboxed, in one frame, with a host of its own. */
  open(url: string, ratePerSecond = 1000): Promise<void> {
    host?.close()
    document.querySelectorAll('iframe').forEach(frame => frame.remove())
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms')
    frame.name = 'app'
    document.body.append(frame)
    const handlers = Object.fromEntries(Object.keys(METHODS).map(m => [m, handler(m)])) as unknown as Partial<Handlers>
    return new Promise(resolve => {
      host = new BridgeHost({
        window, frame: () => frame.contentWindow, origin: new URL(url).origin, context, gate, handlers, ratePerSecond, onConnected: resolve,
      })
      frame.src = url
    })
  },
  emit: (event: 'uiStyle', data: 'elder') => host?.emit(event, data),
}
shell.reset()
Object.assign(window, { shell })
export type Shell = typeof shell
