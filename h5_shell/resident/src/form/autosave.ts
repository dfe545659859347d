import { ApiProblem } from '@wanshi/client'
import { onBeforeUnmount, ref } from 'vue'

export type SaveState = 'saved' | 'waiting' | 'saving' | 'offline' | 'conflict' | 'failed'
const QUIET_MS = 900

/**
 * Save after the person pauses, one save at a time. The version of each answer feeds the
 * next If-Match, so saving in parallel would make us conflict with ourselves.
 */
export function useAutosave(save: () => Promise<void>) {
  const state = ref<SaveState>('saved')
  /** When the server last took what was typed here. */
  const savedAt = ref<Date | null>(null)
  let timer = 0
  let running: Promise<boolean> | null = null
  let dirty = false

  async function run(): Promise<boolean> {
    while (dirty) {
      dirty = false
      state.value = 'saving'
      try {
        await save()
        savedAt.value = new Date()
      } catch (error) {
        dirty = true
        const problem = error instanceof ApiProblem ? error : null
        const conflict = problem?.status === 412 || problem?.status === 409
        state.value = problem?.offline ? 'offline' : conflict ? 'conflict' : 'failed'
        return false
      }
    }
    state.value = 'saved'
    return true
  }
  function flush(): Promise<boolean> {
    clearTimeout(timer)
    running ??= run().finally(() => { running = null })
    return running
  }
  function touch() {
    dirty = true
    if (state.value !== 'conflict') state.value = 'waiting'
    clearTimeout(timer)
    timer = window.setTimeout(() => void flush(), QUIET_MS)
  }
  function forget() {
    clearTimeout(timer)
    dirty = false
    state.value = 'saved'
  }
  const again = () => { if (dirty) void flush() }
  addEventListener('online', again)
  onBeforeUnmount(() => { removeEventListener('online', again); if (dirty && state.value !== 'conflict') void flush() })
  return { state, savedAt, touch, flush, forget }
}
