/**
 * A small mgop endpoint as 浙里办's gateway answers: without a token it sets the cookie and says
 * 9001; with one it checks md5(token, ak, api, ts, data).
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

const TOKEN = 'feed0123456789ab'
export interface Seen { api: string; body: string; code: number }

function judged(url: URL, cookie: string): [number, string] {
  const said = (name: string) => url.searchParams.get(name) ?? ''
  const token = /_mgw_tk=([^_;]*)/.exec(cookie)?.[1]
  if (!token) return [9001, '9001::令牌为空']
  if (token !== TOKEN) return [9002, '9002::令牌非法']
  const signed = `token=${token}&ak=${said('ak')}&api=${said('api')}&ts=${said('ts')}&data=null`
  const good = createHash('md5').update(signed).digest('hex') === said('sign')
  if (!good) return [1001, '1001::签名错误']
  return said('api').startsWith('mgop.ah.demo.') ? [1000, '1000::调用成功'] : [3005, '3005::没有这个接口']
}

export async function answerMgop(request: IncomingMessage, reply: ServerResponse, seen: Seen[]): Promise<void> {
  let body = ''
  for await (const part of request) body += part
  const url = new URL(request.url ?? '', 'http://gateway')
  const [rs, ret] = judged(url, request.headers.cookie ?? '')
  seen.push({ api: url.searchParams.get('api') ?? '', body, code: rs })
  const callback = url.searchParams.get('callback')
  const headers: Record<string, string> = { 'content-type': callback ? 'text/javascript' : 'application/json' }
  if (rs === 9001) headers['set-cookie'] = `_mgw_tk=${TOKEN}_${Date.now()}; Path=/; SameSite=Lax`
  reply.writeHead(200, headers)
  const told = JSON.stringify({ rs, ret: [ret], data: rs === 1000 ? { heard: JSON.parse(body || '{}') } : {} })
  reply.end(callback ? `${callback}(${told})` : told)
}
