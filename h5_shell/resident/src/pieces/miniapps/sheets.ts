import type { Region } from '@wanshi/bridge/methods'
import { nextTick, shallowRef } from 'vue'
import type { Permission } from '@/api/miniapps'

/** What may be asked over a running app: what each sheet is shown, and what it answers. */
export interface Sheets {
  consent: { ask: { permission: Permission; rememberable: boolean }; answer: { allow: boolean; remember: boolean } }
  gesture: { ask: { what: string }; answer: boolean }
  message: { ask: Message; answer: { yes: boolean; text: string } }
  actions: { ask: { title: string; items: string[]; cancel: string }; answer: number }
  scan: { ask: { kinds: ('qr' | 'bar')[] }; answer: { text: string; kind: 'qr' | 'bar' } }
  pick: { ask: Pick; answer: File[] }
  record: { ask: { kind: 'video' | 'audio'; seconds: number }; answer: File }
  preview: { ask: { images: string[]; current: number }; answer: never }
  share: { ask: { title: string; text: string; url: string }; answer: boolean }
  region: { ask: { current: string }; answer: Region }
  outside: { ask: { url: string }; answer: boolean }
  phone: { ask: { number: string; text: string }; answer: boolean }
  pay: { ask: { bill: string }; answer: 'paid' | 'processing' | 'failed' }
  report: { ask: { appid: string }; answer: boolean }
}
export interface Message { title: string; message: string; yes: string; no?: string; input?: { kind: 'text' | 'number' | 'password'; placeholder: string } }
export interface Pick { title: string; accept: string; count: number; camera: boolean; album: boolean }
export type Kind = keyof Sheets
export interface OpenSheet<K extends Kind = Kind> { id: number; kind: K; ask: Sheets[K]['ask'] }

/** One sheet at a time; what is asked meanwhile waits. Closing one without an answer is `null`. */
export function useSheets() {
  const current = shallowRef<OpenSheet | null>(null)
  let last: Promise<unknown> = Promise.resolve()
  let settleNow: ((answer: unknown) => void) | null = null
  let next = 1
  let era = 0

  async function open<K extends Kind>(kind: K, ask: Sheets[K]['ask'], asked: number): Promise<Sheets[K]['answer'] | null> {
    if (asked !== era) return null
    current.value = { id: next, kind, ask }
    next += 1
    const answer = await new Promise<unknown>(resolve => { settleNow = resolve })
    current.value = null
    settleNow = null
    // The dialog closes before another opens, so the focus goes back to where it was.
    await nextTick()
    return answer as Sheets[K]['answer'] | null
  }
  function show<K extends Kind>(kind: K, ask: Sheets[K]['ask']): Promise<Sheets[K]['answer'] | null> {
    const asked = era
    const mine = last.then(() => open(kind, ask, asked))
    last = mine.catch(() => undefined)
    return mine
  }
  const settle = (answer: unknown) => settleNow?.(answer)
  /** The app is gone: nothing it asked for is shown any more. */
  function dismiss() {
    era += 1
    settle(null)
  }
  return { current, show, settle, dismiss }
}
export type SheetDesk = ReturnType<typeof useSheets>
