import { BridgeRefusal } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import * as api from '@/api/miniapps'
import { refusalOf } from './refusals'
import type { SheetDesk } from './sheets'

/** Who somebody is, and what they pay, is nobody's who has not signed in. */
const NEEDS_PERSON = /^(auth\.|pay\.)/
/** Asked so often without success, an app is not asked for again until it is opened anew. */
const MOST_REFUSALS = 2

export interface Around {
  launch: api.Launch
  sheets: SheetDesk
  signedIn: () => boolean
  signIn: () => void
}

/** The person's consent to one opening of an app: asked on first use, kept by the server as they wish. */
export function useConsent({ launch, sheets, signedIn, signIn }: Around) {
  const permissions = new Map(launch.permissions.map(p => [p.scope, { ...p }]))
  const asking = new Map<string, Promise<void>>()
  const refusals = new Map<string, number>()
  const refused = (scope: string) => new BridgeRefusal(codes.refused, '用户没有同意', scope)

  async function ask(permission: api.Permission) {
    const { scope } = permission
    if ((refusals.get(scope) ?? 0) >= MOST_REFUSALS) throw refused(scope)
    const answer = await sheets.show('consent', { permission, rememberable: signedIn() && !launch.trial })
    const allow = answer?.allow ?? false
    const told = api.consent(launch.launch_id, { token: launch.token, scope, allow, remember: allow && Boolean(answer?.remember) })
    if (!allow) {
      refusals.set(scope, (refusals.get(scope) ?? 0) + 1)
      // That somebody said no is only news: no must hold without it.
      await told.catch(() => undefined)
      throw refused(scope)
    }
    await told.catch((error: unknown) => { throw refusalOf(error, scope) })
    permission.granted = answer?.remember ? 'always' : 'once'
  }
  /** Calls at the same time share one sheet. */
  function consent(scope: string): Promise<void> {
    const permission = permissions.get(scope)
    if (!permission) return Promise.resolve()
    if (NEEDS_PERSON.test(scope) && !signedIn()) {
      signIn()
      return Promise.reject(new BridgeRefusal(codes.refused, '用户还没有登录', scope))
    }
    if (permission.granted !== 'no') return Promise.resolve()
    const waiting = asking.get(scope) ?? ask(permission).finally(() => asking.delete(scope))
    asking.set(scope, waiting)
    return waiting
  }
  /** Taken back on another page in the meantime: asked once more. */
  function again(scope: string): Promise<void> {
    const permission = permissions.get(scope)
    if (permission) permission.granted = 'no'
    return consent(scope)
  }
  return { permissions, consent, again }
}
