import { ApiProblem } from '@wanshi/client'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { defineComponent, h } from 'vue'
import * as acts from '@/api/acts'
import { useStepUp } from '@/pieces/identity/step-up'
import { recall } from '@/stores/memory'

const ASKED = { act: 'cases.submit', act_name: '提交办件申请', about: 'd1', digest: 'f'.repeat(64) }
let step: ReturnType<typeof useStepUp>
const Page = defineComponent({ setup() { step = useStepUp(); return () => h('p', step.id.value) } })

async function open(path = '/drafts/d1/confirm?from=x') {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/drafts/:id/confirm', component: Page }, { path: '/', component: Page }] })
  await router.push(path)
  mount(RouterView, { global: { plugins: [router] } })
  await flushPromises()
  return router
}
beforeEach(() => {
  localStorage.clear()
  vi.restoreAllMocks()
  vi.spyOn(acts, 'open').mockResolvedValue({ id: 'a1' } as acts.Act)
})

describe('the step-up of a page', () => {
  it('opens a challenge for exactly what was refused, keeps the page, and remembers the way back', async () => {
    const router = await open()
    expect(await step.besides(new ApiProblem({ code: 'kernel.tier_required', act: ASKED }, 401))).toBeNull()
    expect(acts.open).toHaveBeenCalledWith(ASKED)
    expect(router.currentRoute.value.query).toEqual({ from: 'x', prove: 'a1' })
    expect(recall('act-at')).toBe('/drafts/d1/confirm?from=x&prove=a1')
  })
  it('leaves every other refusal to the page', async () => {
    await open()
    const other = new ApiProblem({ code: 'kernel.tier_required', required_tier: 2 }, 401)
    expect(await step.besides(other)).toBe(other)
    expect(acts.open).not.toHaveBeenCalled()
  })
  it('hands over why no challenge could be opened', async () => {
    const trouble = new ApiProblem({ code: 'identity.under_review' }, 409)
    vi.spyOn(acts, 'open').mockRejectedValue(trouble)
    const router = await open()
    expect(await step.besides(new ApiProblem({ act: ASKED }, 401))).toBe(trouble)
    expect(router.currentRoute.value.query.prove).toBeUndefined()
  })
  it('ends without a trace', async () => {
    const router = await open()
    await step.besides(new ApiProblem({ act: ASKED }, 401))
    await step.end()
    expect(router.currentRoute.value.query).toEqual({ from: 'x' })
    expect(recall('act-at')).toBeNull()
  })
})
