import type { Handlers } from '@wanshi/bridge/host'
import { ref, shallowRef, type Ref } from 'vue'
import { tell } from '@/shell/notice'
import { malformed } from '../refusals'
import type { SheetDesk } from '../sheets'

const LONGEST_TITLE = 24
const LONGEST_WORDS = 600
const MOST_CHOICES = 20
/** An app that forgot its waiting sign must not lock the page for ever. */
const WAIT_AT_MOST_MS = 30_000
export interface MenuItem { id: string; text: string }

export const words = (value: unknown, longest = LONGEST_WORDS) => (typeof value === 'string' ? value.trim().slice(0, longest) : '')

/** Words and questions of an app, shown by the shell over it. */
export function uiHandlers(sheets: SheetDesk, title: Ref<string>, close: () => void) {
  const waiting = ref<string | null>(null)
  const menu = shallowRef<MenuItem[]>([])
  const shareable = ref(true)
  let timer = 0

  function wait(text: string | null, delay = 0) {
    clearTimeout(timer)
    if (text === null) { waiting.value = null; return }
    timer = window.setTimeout(() => {
      waiting.value = text
      timer = window.setTimeout(() => { waiting.value = null }, WAIT_AT_MOST_MS)
    }, delay)
  }
  function must(text: unknown, what: string, longest?: number) {
    const found = words(text, longest)
    if (!found) throw malformed(`${what}不能为空`)
    return found
  }
  const handlers = {
    'ah.ui.setTitle': p => { title.value = must(p.title, '标题', LONGEST_TITLE); return null },
    'ah.ui.setMenu': p => {
      menu.value = (Array.isArray(p.items) ? p.items : []).slice(0, 4).map(i => ({ id: words(i.id, 40), text: must(i.text, '菜单文字', 12) }))
      shareable.value = p.share !== false
      return null
    },
    'ah.ui.close': () => { close(); return null },
    'ah.ui.toast': p => { tell(must(p.message, '提示', 80)); return null },
    'ah.ui.alert': async p => {
      await sheets.show('message', { title: words(p.title, LONGEST_TITLE), message: must(p.message, '内容'), yes: words(p.button, 8) || '知道了' })
      return null
    },
    'ah.ui.confirm': async p => {
      const answer = await sheets.show('message', {
        title: words(p.title, LONGEST_TITLE), message: must(p.message, '内容'), yes: words(p.ok, 8) || '确定', no: words(p.cancel, 8) || '取消',
      })
      return { confirmed: answer?.yes ?? false }
    },
    'ah.ui.prompt': async p => {
      const kind = p.kind === 'number' || p.kind === 'password' ? p.kind : 'text'
      const answer = await sheets.show('message', {
        title: words(p.title, LONGEST_TITLE), message: words(p.message), yes: words(p.ok, 8) || '确定', no: words(p.cancel, 8) || '取消',
        input: { kind, placeholder: words(p.placeholder, 40) },
      })
      return { confirmed: answer?.yes ?? false, value: answer?.yes ? answer.text : '' }
    },
    'ah.ui.actionSheet': async p => {
      const items = (Array.isArray(p.items) ? p.items : []).slice(0, MOST_CHOICES).map(i => words(i, 40))
      if (!items.length) throw malformed('没有可选的内容')
      return { index: await sheets.show('actions', { title: words(p.title, 60), items, cancel: words(p.cancel, 8) || '取消' }) ?? -1 }
    },
    'ah.ui.showLoading': p => { wait(p.visible ? words(p.text, 20) || '请稍候' : null, Math.min(5000, Math.max(0, Number(p.delay_ms) || 0))); return null },
  } satisfies Partial<Handlers>
  function reset() {
    wait(null)
    menu.value = []
    shareable.value = true
  }
  return { handlers, waiting, menu, shareable, reset }
}
