/** 浙里办's counting scripts: what they report becomes `ah.trace.report`; who it was does not. */
import { count, list, pick, record, text, type Raw } from '../dialects/adapter'
import { plain } from './calling'
import type { Page } from './page'

const PERSONAL = /user|nick|phone|mobile|name$|idcard|idnum/i

/** The same without what names a person, at any depth. */
function impersonal(said: Raw): Raw {
  const left: Raw = {}
  Object.keys(said).forEach(key => {
    const value = said[key]
    const known = key === 'pageName' || key === 'miniAppName'
    if (known || !PERSONAL.test(key)) left[key] = value && typeof value === 'object' && !Array.isArray(value) ? impersonal(value as Raw) : value
  })
  return left
}

function report(page: Page, kind: string, said: unknown): void {
  const params = record(plain(said))
  const data = impersonal(params)
  const sent = page.ask('zwlog')('ah.trace.report', {
    kind, data, page: pick(params, 'pageName', 'pageId', 'page_name'), name: pick(params, 'trackerEventCode'),
    duration_ms: count(params.Page_duration, 0),
  })
  // Counting must never trouble the page.
  sent.catch(() => undefined)
}

export function installZwlog(page: Page): void {
  class ZwLog {
    onReady(ready: () => void) { page.self.setTimeout(ready, 0) }
    sendPV(said: unknown) { report(page, 'pv', said) }
    record(said: unknown) { report(page, text(record(said).eventType, 'click'), said) }
  }
  const waiting = list((page.self as unknown as Raw).aplus_queue)
  const queue = {
    push(...items: unknown[]) {
      items.forEach(item => {
        const { action, arguments: said } = record(item)
        const args = list(said)
        if (action === 'aplus.sendPV') report(page, 'pv', args[1] || args[0])
        else if (action === 'aplus.record') report(page, text(args[1], 'click'), Object.assign({ trackerEventCode: args[0] }, record(args[2])))
      })
      return 0
    },
  }
  Object.assign(page.self, { ZwLog, aplus_queue: queue })
  queue.push(...waiting)
}
