import { BridgeHost, BridgeRefusal } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { ref, watch, type Ref } from 'vue'
import { ticket, type Launch } from '@/api/miniapps'
import { usePlace } from '@/stores/place'
import { useUi } from '@/stores/ui'
import { useAppStepUp, type Steps } from './step-up'

const LONGEST_TITLE = 24
interface Surroundings extends Steps { frame: Ref<HTMLIFrameElement | undefined>; close: () => void }

/** Joins one launched app to this page: what it may call, and when the person is asked first. */
export function useHost({ frame, close, ...steps }: Surroundings) {
  const { signIn, signedIn } = steps
  const { stepping, ...proving } = useAppStepUp(steps)
  const ui = useUi()
  const place = usePlace()
  const title = ref('')
  const asking = ref(false)
  const connected = ref(false)
  let host: BridgeHost | null = null
  let agreed = false
  let decide: ((yes: boolean) => void) | null = null
  const style = () => (ui.elder ? 'elder' : 'normal') as 'elder' | 'normal'
  const region = () => ({ code: place.code, name: place.name })

  function ask(): Promise<boolean> {
    if (agreed) return Promise.resolve(true)
    // One sheet at a time: a second call while it is open shares the answer by being refused.
    if (decide) return Promise.resolve(false)
    asking.value = true
    return new Promise(resolve => { decide = resolve })
  }
  function answer(yes: boolean) {
    asking.value = false
    agreed = yes
    decide?.(yes)
    decide = null
  }
  async function getTicket(launch: Launch) {
    if (!signedIn()) {
      signIn()
      throw new BridgeRefusal(codes.refused, '用户还没有登录')
    }
    if (!await ask()) throw new BridgeRefusal(codes.refused, '用户没有同意')
    return stepping(() => ticket(launch.launch_id))
  }
  function open(launch: Launch) {
    dispose()
    host = new BridgeHost({
      window, origin: launch.origin, frame: () => frame.value?.contentWindow ?? null,
      context: () => ({ appid: launch.app.appid, platform: 'wanshi', uiStyle: style(), region: region() }),
      onConnected: () => { connected.value = true },
      methods: {
        'ah.auth.getTicket': () => getTicket(launch),
        'ah.ui.setTitle': params => {
          const wanted = (params as { title?: unknown } | null)?.title
          if (typeof wanted !== 'string' || !wanted.trim()) throw new BridgeRefusal(codes.badRequest, '标题不能为空')
          title.value = wanted.trim().slice(0, LONGEST_TITLE)
        },
        'ah.ui.close': close,
        'ah.device.getUiStyle': () => ({ uiStyle: style() }),
        'ah.region.get': region,
      },
    })
  }
  function dispose() {
    host?.close()
    host = null
    connected.value = false
    agreed = false
    decide?.(false)
    decide = null
    asking.value = false
    proving.answer(false)
  }
  watch(() => ui.elder, () => host?.emit('uiStyle', style()))
  return { title, asking, connected, answer, proving, open, dispose }
}
