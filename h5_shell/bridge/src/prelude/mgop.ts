/**
 * The mgop gateway. `@aligov/jssdk-mgop` reaches ours by the host map alone; only the Jupiter
 * container's `egop`, where the vendor's SDK leaves the request to the container, is done here.
 */
import { count, pick, record, text } from '../dialects/adapter'
import { BridgeRefusal, codes } from '../protocol'
import { md5 } from './md5'
import type { Page } from './page'

const ANONYMOUS_KEY = 'jl9vupjh+200100201+nytcfro'
const OK = 1000
// None, a wrong one, an old one: each answer brings a fresh one.
const TOKENS = [9001, 9002, 9003]

/** Calls the gateway of our own origin; the first answer only sets the token, so it asks again. */
export function egop(page: Page, params: Record<string, unknown>, tries = 0): Promise<unknown> {
  const { self } = page
  const header = record(params.header)
  const ak = pick(params, 'appKey') || text(header['extra-ak']) || ANONYMOUS_KEY
  const api = text(params.api)
  const ts = Date.now()
  const token = (/(?:^|;\s*)_mgw_tk=([^_;]*)/.exec(self.document.cookie) || ['', ''])[1]
  const sign = md5(`token=${token}&ak=${ak}&api=${api}&ts=${ts}&data=null`)
  const query = `ak=${encodeURIComponent(ak)}&api=${encodeURIComponent(api)}&ts=${ts}&sign=${sign}&data=null`
  const headers = Object.assign({}, header, { 'Content-Type': 'application/json' }) as Record<string, string>
  delete headers['extra-ak']
  return self.fetch(`/h5/mgop?${query}`, {
    method: 'POST', credentials: 'same-origin', headers, body: JSON.stringify(params.param || params.data || {}),
  }).then(reply => reply.json()).then(answer => {
    const rs = count(answer.rs, 0)
    if (rs === OK) return answer.data || {}
    if (TOKENS.indexOf(rs) >= 0 && tries < 2) return egop(page, params, tries + 1)
    throw new BridgeRefusal(codes.failed, texts(answer.ret), '', String(rs))
  })
}
const texts = (ret: unknown): string => (Array.isArray(ret) ? ret.join('；') : text(ret, '网关调用失败'))
