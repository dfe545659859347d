import { BridgeRefusal, type Call, type Gate } from '@wanshi/bridge/host'
import { codes } from '@wanshi/bridge/protocol'
import { ApiProblem } from '@wanshi/client'
import * as api from '@/api/miniapps'
import { useConsent, type Around } from './consent'

/** Of what the page passed on, the backend is told only what it needs for its own work. */
const TOLD = /^ah\.(auth|pay)\./

interface Surroundings extends Around {
  stepping: <T>(call: (actProof?: string) => Promise<T>) => Promise<T>
}

/** What one launched app may do: its permissions, the person's consent, the backend's verdict. */
export function makeGate({ stepping, ...around }: Surroundings): Gate {
  const { launch, sheets } = around
  const { permissions, consent, again } = useConsent(around)

  function told(call: Call, act_proof?: string): Promise<api.Called> {
    const { method, params, proof } = call
    return api.call(launch.launch_id, { token: launch.token, origin: launch.origin, method, proof, act_proof, ...(TOLD.test(method) ? { params } : {}) })
  }
  async function verify(call: Call): Promise<api.Called> {
    const answer = await stepping(async actProof => {
      try {
        return await told(call, actProof)
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'miniapps.consent_needed') throw error
        await again(call.scope)
        return told(call, actProof)
      }
    })
    // The bill is good; the cashier is the shell's.
    return call.method === 'ah.pay.request' && !settled(answer.value) ? { done: false, value: null } : answer
  }
  async function gesture(call: Call) {
    const what = permissions.get(call.scope)?.title ?? '继续刚才的操作'
    if (!await sheets.show('gesture', { what })) throw new BridgeRefusal(codes.gestureNeeded, '需要用户点一下', call.scope)
  }
  return {
    declared: scope => permissions.has(scope),
    approved: scope => permissions.get(scope)?.approved === true,
    consent: call => consent(call.scope),
    verify, gesture,
  }
}
const settled = (value: unknown) => Boolean(value && typeof value === 'object' && 'status' in value)
