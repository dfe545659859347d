import { BridgeHost, BridgeRefusal } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { messageOf } from '@wanshi/client'
import { ref, watch, type Ref } from 'vue'
import { ticket, type Launch } from '@/api/miniapps'
import { usePlace } from '@/stores/place'
import { useUi } from '@/stores/ui'

const LONGEST_TITLE = 24
interface Surroundings { frame: Ref<HTMLIFrameElement | undefined>; close: () => void; signIn: () => void; signedIn: () => boolean }

/** Joins one launched app to this page: what it may call, and when the person is asked first. */
export function useHost({ frame, close, signIn, signedIn }: Surroundings) {
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
    try {
      return await ticket(launch.launch_id)
    } catch (error) {
      throw new BridgeRefusal(codes.failed, messageOf(error))
    }
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
  }
  watch(() => ui.elder, () => host?.emit('uiStyle', style()))
  return { title, asking, connected, answer, open, dispose }
}
