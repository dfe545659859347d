import type { Handlers } from '@wanshi/bridge/host'
import { deepLink, insideOf } from '../deep-link'
import { given, malformed } from '../refusals'
import type { SheetDesk } from '../sheets'
import { words } from './ui'

export interface Card { title: string; text: string; url: string }
export type Target = { kind: 'app'; path: string } | { kind: 'self'; url: string } | { kind: 'outside'; url: string }
const APP_ID = /^ah\d{6}[a-z0-9]{2,24}$/

/** Where an address an app wants opened leads: another app of ours, its own pages, or outside. */
export function targetOf(address: unknown, shell: string, own: string): Target {
  const given = words(address, 2000)
  if (APP_ID.test(given)) return { kind: 'app', path: `/apps/${given}` }
  let url: URL
  try { url = new URL(given, `${own}/`) } catch { throw malformed('网址不对') }
  if (url.origin === shell) return { kind: 'app', path: url.pathname.startsWith('/apps/') ? url.pathname + url.search + url.hash : '/' }
  if (url.origin === own) return { kind: 'self', url: url.href }
  if (!['https:', 'http:'].includes(url.protocol) || url.username) throw malformed('只能打开 http 或 https 的网址')
  return { kind: 'outside', url: url.href }
}

interface Around {
  sheets: SheetDesk
  launch: { origin: string; url: string; app: { appid: string; name: string } }
  go: (path: string) => void
  move: (url: string) => void
}

export function linkHandlers({ sheets, launch, go, move }: Around) {
  const shell = location.origin
  let page: Card | null = null
  /** Only pages of the app itself are shared, by an address that opens them in the shell. */
  const cardOf = (p: { title?: unknown; desc?: unknown; link?: unknown }): Card => ({
    title: words(p.title, 60) || launch.app.name, text: words(p.desc, 120),
    url: deepLink(shell, launch.app.appid, insideOf(p.link, launch)),
  })
  const handlers = {
    'ah.link.open': async p => {
      const target = targetOf(p.url, shell, launch.origin)
      if (target.kind === 'app') go(target.path)
      else if (target.kind === 'self') move(target.url)
      else await given(sheets.show('outside', { url: target.url }), '用户没有打开')
      return null
    },
    'ah.share.open': async p => { await given(sheets.show('share', cardOf(p)), '用户没有分享'); return null },
    'ah.share.setPage': p => { page = cardOf(p); return null },
  } satisfies Partial<Handlers>
  return { handlers, card: (): Card => page ?? ownCard(launch) }
}
/** What is shared of an app that says nothing else: its front page. */
export const ownCard = ({ app }: Pick<Around['launch'], 'app'>): Card => ({ title: app.name, text: '', url: deepLink(location.origin, app.appid, '') })
