import { platform, type Platform } from '@/api/portal'
import { useUi } from '@/stores/ui'

/** Which platform this is; a page that opens before the app has heard asks itself. */
export function usePlatform(): () => Promise<Platform> {
  const ui = useUi()
  return async () => ui.platform ?? await platform()
}
