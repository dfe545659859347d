import { computed, ref, type Ref } from 'vue'
import * as miniapps from '#console/api/miniapps.ts'
import type { AppDetail, Trial, Version } from '#console/api/miniapps.ts'
import { useDoing } from '#console/pieces/staff/doing.ts'
import { askFor, type Asked } from './asks.ts'
import { floorsOf, goBackTo, isProvince, type AppDeed, type VersionDeed } from './deeds.ts'

/** The deeds on an app's page: what is asked, with what choice, and what is done about it. */
export function useDesk(found: Ref<AppDetail | null>, open: Ref<Version | undefined>, load: () => Promise<void>, region: () => string) {
  const { busy, failed, run } = useDoing()
  const deed = ref<Asked | null>(null)
  const on = ref<Version | null>(null)
  const target = ref<number | undefined>()
  /** Permissions the province does not give, of those an app can do without. */
  const withheld = ref<string[]>([])
  const optional = computed(() => (deed.value === 'approve' && isProvince(region()) ? on.value?.permissions.filter(p => !p.required) ?? [] : []))
  const trial = ref<Trial | null>(null)
  const greying = ref<Version | null>(null)
  const keying = ref(false)

  const ask = computed(() => (deed.value && found.value ? askFor(deed.value, found.value.app, on.value) : null))
  /** Versions to choose from, where the deed needs one. */
  const choices = computed<Version[]>(() => {
    if (!found.value) return []
    const { app, versions } = found.value
    if (deed.value === 'floor') return floorsOf(app, versions)
    return deed.value === 'go_back' ? goBackTo(app, versions) : []
  })

  async function begin(what: VersionDeed | AppDeed, whole = false) {
    failed.value = ''
    const version = whole ? null : open.value ?? null
    if (what === 'key') { keying.value = true; return }
    if (what === 'grey' || what === 'regrey') { greying.value = version; return }
    if (what === 'trial') {
      if (version) trial.value = await run(() => miniapps.beginTrial(version)) ?? null
      if (trial.value) void load()
      return
    }
    on.value = version
    deed.value = what
    target.value = choices.value[0]?.code
    withheld.value = []
  }

  function done(what: Asked, reason: string): Promise<unknown> {
    const { appid } = found.value!.app
    switch (what) {
      case 'suspend': return miniapps.suspend(appid, reason)
      case 'reopen': return miniapps.reopen(appid, reason)
      case 'retire': return miniapps.retire(appid, reason)
      case 'floor': return miniapps.raiseFloor(appid, target.value!, reason)
      case 'go_back': return miniapps.rollBack(appid, reason, target.value!)
      // Without a version it is the one under way that is dropped.
      case 'roll_back': return miniapps.rollBack(appid, reason, null)
    }
    const version = on.value!
    switch (what) {
      case 'submit': return miniapps.submit(version, reason)
      case 'withdraw': return miniapps.withdraw(version, reason)
      case 'approve': return miniapps.review(version, true, reason, withheld.value)
      case 'refuse': return miniapps.review(version, false, reason)
      case 'halt': return miniapps.halt(version, reason)
      case 'resume': return miniapps.resume(version, reason)
      case 'release': return miniapps.release(version)
    }
  }
  async function go(reason: string) {
    const what = deed.value
    if (!what || !ask.value) return
    await run(() => done(what, reason), `已完成：${ask.value.title}`)
    // A refusal may mean that somebody was first: what is shown behind the dialog is then old.
    void load()
    if (!failed.value) deed.value = null
  }
  return { busy, failed, deed, ask, choices, target, withheld, optional, trial, greying, keying, begin, go, close: () => { deed.value = null } }
}
