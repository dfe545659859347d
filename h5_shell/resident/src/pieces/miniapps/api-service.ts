import { BridgeRefusal } from '@wanshi/bridge/host'
import { messageOf } from '@wanshi/client'
import { reactive, ref, shallowRef } from 'vue'
import * as api from '@/api/miniapps'
import { formErrors } from '@/form/check'
import { pageOf, withValue } from '@/form/page'
import { useConsent, type Around } from './consent'
import { causeOf } from './refusals'

export type Stage = 'services' | 'form' | 'result'
interface Surroundings extends Around { stepping: <T>(call: (actProof?: string) => Promise<T>) => Promise<T> }
const TICKET = 'auth.ticket'

/** The calls of such a service, each after the consent it takes. */
function useCalls({ stepping, ...around }: Surroundings) {
  const { launch } = around
  const { consent, again } = useConsent(around)
  /** What the app needs is asked for before the first call: there is no page that could ask. */
  async function allowed() {
    for (const p of launch.permissions) if (p.required && p.approved) await consent(p.scope)
  }
  async function ask(key: string, params: Record<string, unknown>): Promise<api.ServiceResult> {
    const work = () => stepping(() => api.ask(launch.launch_id, key, launch.token, params))
    return work().catch(async (error: unknown) => {
      if (causeOf(error)?.code !== 'miniapps.consent_needed') throw error
      // Only this service needs to know who asks, or the person took it back meanwhile.
      await again(TICKET)
      return work()
    })
  }
  const form = (key: string) => stepping(() => api.form(launch.launch_id, key, launch.token))
  return { allowed, ask, form }
}

/** Work under way, what went wrong with it, and beside which field. */
function useAttempt(before: () => Promise<void>) {
  const busy = ref(false)
  const failed = ref('')
  const errors = reactive<Record<string, string>>({})
  function found(list: Record<string, string>) {
    Object.keys(errors).forEach(name => { delete errors[name] })
    Object.assign(errors, list)
  }
  async function attempt(work: () => Promise<void>) {
    busy.value = true
    failed.value = ''
    found({})
    try {
      await before()
      await work()
    } catch (error) {
      failed.value = error instanceof BridgeRefusal ? error.message : messageOf(error)
      found(causeOf(error)?.byField() ?? {})
    } finally { busy.value = false }
  }
  return { busy, failed, errors, found, attempt }
}

/** A service that joined as an API (R-POR-15): from its list over its form to its result, drawn by the shell. */
export function useApiService(around: Surroundings) {
  const calls = useCalls(around)
  const { busy, failed, errors, found, attempt } = useAttempt(calls.allowed)
  const stage = ref<Stage>('services')
  const service = shallowRef<api.ServiceCard | null>(null)
  const form = shallowRef<api.ServiceForm | null>(null)
  const result = shallowRef<api.ServiceResult | null>(null)
  const data = ref<Record<string, unknown>>({})

  const show = (told: api.ServiceResult) => { result.value = told; stage.value = 'result' }
  const asked = (params: Record<string, unknown>) => calls.ask(service.value!.key, params)
  const open = (card: api.ServiceCard) => attempt(async () => {
    service.value = card
    if (card.kind === 'list') return show(await asked({}))
    form.value = await calls.form(card.key)
    data.value = {}
    stage.value = 'form'
  })
  async function send() {
    if (!form.value) return
    const wrong = formErrors(form.value.schema, pageOf(form.value.schema, form.value.ui), data.value)
    if (Object.keys(wrong).length) found(wrong)
    else await attempt(async () => show(await asked(data.value)))
  }
  const more = () => attempt(async () => {
    const shown = result.value
    if (!shown?.next) return
    const after = await asked({ ...data.value, after: shown.next })
    result.value = { ...after, items: [...shown.items ?? [], ...after.items ?? []] }
  })
  function change(names: string[], value: unknown) {
    data.value = withValue(data.value, names, value)
    delete errors[names.join('.')]
  }
  function back() {
    failed.value = ''
    result.value = null
    if (stage.value === 'result' && form.value) { stage.value = 'form'; return }
    stage.value = 'services'
    form.value = null
    data.value = {}
  }
  return { stage, service, form, result, data, errors, busy, failed, open, send, more, change, back }
}

/** The result as plain lines, to be kept. */
export function linesOf(result: api.ServiceResult): string {
  const fields = (list: api.ResultField[] = []) => list.map(f => `${f.label}：${f.value}`)
  const items = (result.items ?? []).flatMap((item, i) => ['', `${i + 1}. ${item.title}`, ...(item.summary ? [item.summary] : []), ...fields(item.fields)])
  return [result.title, '', ...(result.text ? [result.text] : []), ...fields(result.fields), ...items].join('\n')
}
