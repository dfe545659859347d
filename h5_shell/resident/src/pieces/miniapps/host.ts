import { BridgeHost } from '@wanshi/bridge/host'
import type { LaunchContext, Region, UiStyle } from '@wanshi/bridge/methods'
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import type { Launch } from '@/api/miniapps'
import { lang } from '@/words'
import { usePlace } from '@/stores/place'
import { useUi } from '@/stores/ui'
import { makeGate } from './gate'
import { deviceHandlers, networkType } from './handlers/device'
import { linkHandlers, ownCard, type Card } from './handlers/links'
import { mediaHandlers } from './handlers/media'
import { storageHandlers } from './handlers/storage'
import { traceHandlers } from './handlers/trace'
import { uiHandlers } from './handlers/ui'
import { given } from './refusals'
import { useSheets } from './sheets'
import { useAppStepUp, type Steps } from './step-up'

interface Surroundings extends Steps {
  frame: Ref<HTMLIFrameElement | undefined>
  close: () => void
  /** Leaves the app for another page of the shell. */
  go: (path: string) => void
}

/** Joins one launched app to this page: what it may call, and when the person is asked first. */
export function useHost({ frame, close, go, ...steps }: Surroundings) {
  const { stepping, ...proving } = useAppStepUp(steps)
  const sheets = useSheets()
  const ui = useUi()
  const place = usePlace()
  const title = ref('')
  const connected = ref(false)
  const talk = uiHandlers(sheets, title, close)
  let host: BridgeHost | null = null
  let card: (() => Card) | null = null
  const style = (): UiStyle => (ui.elder ? 'elder' : 'normal')
  const region = (): Region => ({ code: place.code, name: place.name })
  const context = (launch: Launch): LaunchContext => ({
    appid: launch.app.appid, version: launch.app.version, platform: 'wanshi', uiStyle: style(), region: region(), locale: lang.value,
    scopes: launch.permissions.filter(p => p.approved).map(p => p.scope), trial: launch.trial,
  })
  const move = (url: string) => { if (frame.value) frame.value.src = url }

  function open(launch: Launch) {
    dispose()
    const links = linkHandlers({ sheets, launch, go, move })
    card = links.card
    host = new BridgeHost({
      window, origin: launch.origin, frame: () => frame.value?.contentWindow ?? null,
      context: () => context(launch),
      onConnected: () => { connected.value = true },
      gate: makeGate({ launch, sheets, stepping, signedIn: steps.signedIn, signIn: steps.signIn }),
      handlers: {
        ...talk.handlers, ...links.handlers, ...deviceHandlers(sheets, style, launch.app.version), ...mediaHandlers(sheets), ...storageHandlers(launch.origin), ...traceHandlers(launch),
        'ah.region.get': region,
        'ah.region.choose': () => given(sheets.show('region', { current: place.code }), '用户没有选择地区'),
        'ah.pay.request': async ({ bill }) => ({ bill, status: await sheets.show('pay', { bill }) ?? 'cancelled' }),
      },
    })
  }
  function dispose() {
    host?.close()
    host = null
    card = null
    connected.value = false
    talk.reset()
    sheets.dismiss()
    proving.answer(false)
  }
  const pick = (id: string) => host?.emit('menu', { id })
  watch(() => ui.elder, () => host?.emit('uiStyle', style()))
  watch(() => place.code, () => host?.emit('region', region()))
  watch(() => ui.online, online => host?.emit('network', { type: networkType(), online }))
  const turned = () => host?.emit(document.hidden ? 'pause' : 'resume', null)
  document.addEventListener('visibilitychange', turned)
  onScopeDispose(() => { document.removeEventListener('visibilitychange', turned); dispose() })
  return { title, connected, proving, stepping, sheets, waiting: talk.waiting, menu: talk.menu, shareable: talk.shareable, card: (launch: Launch) => card?.() ?? ownCard(launch), pick, open, dispose }
}
