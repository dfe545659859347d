import type { Handlers } from '@wanshi/bridge/host'
import * as api from '@/api/miniapps'
import { words } from './ui'

const KINDS: api.Trace['kind'][] = ['error', 'blocked', 'view', 'vital', 'event']
/** What counting scripts call the same. */
const ALIKE: Record<string, api.Trace['kind']> = { pv: 'view', page_view: 'view' }
const MOST_FIELDS = 20

/** What a page reports of itself, for its makers. It must never get in the page’s way. */
export function traceHandlers(launch: Pick<api.Launch, 'launch_id' | 'token'>) {
  return {
    'ah.trace.report': p => {
      const data = Object.fromEntries(Object.entries(p.data && typeof p.data === 'object' ? p.data : {}).slice(0, MOST_FIELDS))
      const ms = Math.trunc(Number(p.duration_ms))
      void api.trace(launch.launch_id, launch.token, {
        kind: KINDS.find(k => k === p.kind) ?? ALIKE[words(p.kind, 40)] ?? 'event', page: words(p.page, 400), name: words(p.name, 400) || words(p.kind, 40), data,
        ...(ms >= 0 && ms < 86_400_000 ? { duration_ms: ms } : {}),
      }).catch(() => undefined)
      return null
    },
  } satisfies Partial<Handlers>
}
