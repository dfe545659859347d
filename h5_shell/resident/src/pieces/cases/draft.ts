import { ApiProblem } from '@wanshi/client'
import { onBeforeUnmount, ref, shallowRef } from 'vue'
import * as api from '@/api/cases'
import { useAutosave } from '@/form/autosave'
import { formErrors } from '@/form/check'
import { asked, pageOf, withValue, type PageElement } from '@/form/page'
import { useLoad } from '@/shell/load'
import { stands } from './papers'

const LOOK_MS = 2000
/** What is filled in: one draft, or the one form of a bundle. */
export type Sheet = Pick<api.Draft, 'item_name' | 'schema' | 'ui_schema' | 'layout' | 'data' | 'sources' | 'missing' | 'materials' | 'channel' | 'version'>
export interface Store { read: () => Promise<Sheet>; save: (data: Record<string, unknown>, version: number) => Promise<Sheet> }
const draftStore = (id: string): Store => ({ read: () => api.draft(id), save: (data, version) => api.saveDraft(id, data, version) })

/** The page of a draft; an outline makes one too. */
export const pageOfDraft = (d: Pick<Sheet, 'schema' | 'ui_schema' | 'layout'>): PageElement =>
  (d.layout?.type ? d.layout : pageOf(d.schema, d.ui_schema))

/** One draft on the screen: what is typed, what is saved, what is wrong. */
export function useDraft(id: string, store: Store = draftStore(id)) {
  const data = ref<Record<string, unknown>>({})
  const errors = ref<Record<string, string>>({})
  const missing = ref(false)
  /** What somebody saved elsewhere meanwhile, to be weighed against what is typed here. */
  const newer = shallowRef<Sheet | null>(null)
  const loaded = useLoad(async () => take(await store.read()))
  const given = ref<Record<string, unknown>>({})
  let looking = 0

  function take(draft: Sheet): Sheet {
    data.value = { ...draft.data }
    // What the registers filled in, to notice when somebody types over it.
    if (!Object.keys(given.value).length) {
      given.value = Object.fromEntries(Object.keys(draft.sources ?? {}).map(k => [k, draft.data[k]]))
    }
    lookAgain(draft)
    return draft
  }
  const autosave = useAutosave(async () => {
    const draft = loaded.data.value!
    try {
      const saved = await store.save(asked(pageOfDraft(draft), draft.schema, data.value), draft.version)
      loaded.data.value = { ...saved, data: data.value }
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 412) newer.value = await store.read()
      if (error instanceof ApiProblem && error.status === 422) errors.value = { ...errors.value, ...error.byField() }
      throw error
    }
  })
  function change(names: string[], value: unknown) {
    data.value = withValue(data.value, names, value)
    const path = names.join('.')
    errors.value = Object.fromEntries(Object.entries(errors.value).filter(([at]) => at !== path && !at.startsWith(`${path}.`)))
    autosave.touch()
  }
  /** Files change the draft's version too, so what is typed is saved first. */
  async function put(work: () => Promise<Sheet>) {
    await autosave.flush()
    keepTyping(await work())
  }
  function keepTyping(draft: Sheet) {
    loaded.data.value = { ...draft, data: data.value }
    lookAgain(draft)
  }
  /** While the machine looks at a paper, ask how far it is. */
  function lookAgain(draft: Sheet) {
    clearTimeout(looking)
    const waiting = draft.materials.some(m => m.check?.state === 'waiting' || m.check?.state === 'reading')
    if (waiting) looking = window.setTimeout(() => void look(), LOOK_MS)
  }
  async function look() {
    const now = await store.read().catch(() => null)
    const here = loaded.data.value
    if (!now || !here) return
    // Another version is not ours to take here: saving finds out and asks.
    if (now.version === here.version) keepTyping(now)
    else lookAgain(now)
  }
  onBeforeUnmount(() => clearTimeout(looking))

  /** After a conflict one of both stands: what was saved elsewhere, or what is typed here on top of it. */
  async function settle(mine: boolean) {
    if (!newer.value) return
    const typed = data.value
    loaded.data.value = take(newer.value)
    newer.value = null
    autosave.forget()
    if (!mine) return
    data.value = typed
    autosave.touch()
    await autosave.flush()
  }
  function check(): boolean {
    const draft = loaded.data.value
    if (!draft) return false
    errors.value = formErrors(draft.schema, pageOfDraft(draft), data.value)
    missing.value = draft.materials.some(m => m.required && !stands(m))
    return !Object.keys(errors.value).length && !missing.value
  }
  return {
    ...loaded, draft: loaded.data, values: data, errors, given, newer, missingFiles: missing,
    state: autosave.state, savedAt: autosave.savedAt, flush: autosave.flush, forget: autosave.forget, change, check, settle, put,
  }
}
