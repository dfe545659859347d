import { ref } from 'vue'
import * as api from '@/api/cases'
import { useAutosave } from '@/form/autosave'
import { formErrors } from '@/form/validate'
import { useLoad } from '@/shell/load'

/** One draft on the screen: what is typed, what is saved, what is wrong. */
export function useDraft(id: string) {
  const data = ref<Record<string, unknown>>({})
  const errors = ref<Record<string, string>>({})
  const missing = ref(false)
  const loaded = useLoad(async () => take(await api.draft(id)))
  const given = ref<Record<string, unknown>>({})

  function take(draft: api.Draft): api.Draft {
    data.value = { ...draft.data }
    // What the registers filled in, to notice when somebody types over it.
    if (!Object.keys(given.value).length) {
      given.value = Object.fromEntries(Object.keys(draft.sources ?? {}).map(k => [k, draft.data[k]]))
    }
    return draft
  }
  const autosave = useAutosave(async () => {
    const saved = await api.saveDraft(id, { ...data.value }, loaded.data.value!.version)
    loaded.data.value = { ...saved, data: data.value }
  })
  function change(name: string, value: unknown) {
    const next = { ...data.value }
    if (value === undefined) delete next[name]
    else next[name] = value
    data.value = next
    if (errors.value[name]) errors.value = { ...errors.value, [name]: '' }
    autosave.touch()
  }
  /** Files change the draft's version too, so what is typed is saved first. */
  async function putMaterial(code: string, file: Blob, name: string, progress: (r: number) => void) {
    await autosave.flush()
    keepTyping(await api.putMaterial(id, code, file, name, progress))
  }
  async function dropMaterial(code: string) {
    await autosave.flush()
    keepTyping(await api.dropMaterial(id, code))
  }
  function keepTyping(draft: api.Draft) {
    loaded.data.value = { ...draft, data: data.value }
  }
  /** After a conflict the stored draft wins; what was typed here is replaced, as the sentence says. */
  async function reload() {
    await loaded.load()
    autosave.forget()
  }
  function check(): boolean {
    const draft = loaded.data.value
    if (!draft) return false
    errors.value = formErrors(draft.schema, draft.ui_schema, data.value)
    missing.value = draft.materials.some(m => m.required && !m.file)
    return !Object.keys(errors.value).length && !missing.value
  }
  return { ...loaded, draft: loaded.data, values: data, errors, given, missingFiles: missing, state: autosave.state, flush: autosave.flush, change, check, reload, putMaterial, dropMaterial }
}
