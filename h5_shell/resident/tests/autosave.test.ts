import { ApiProblem } from '@wanshi/client'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { useAutosave } from '@/form/autosave'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function start(save: () => Promise<void>) {
  let made!: ReturnType<typeof useAutosave>
  const wrapper = mount(defineComponent({ setup() { made = useAutosave(save); return () => null } }))
  return { ...made, wrapper }
}

describe('autosave', () => {
  it('saves once after a burst of typing', async () => {
    const save = vi.fn(async () => {})
    const a = start(save)
    a.touch(); a.touch(); a.touch()
    await vi.advanceTimersByTimeAsync(1000)
    expect(save).toHaveBeenCalledTimes(1)
    expect(a.state.value).toBe('saved')
  })
  it('never saves twice at a time, and saves again what was typed meanwhile', async () => {
    let inside = 0, most = 0
    const save = vi.fn(async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise(r => setTimeout(r, 500))
      inside -= 1
    })
    const a = start(save)
    a.touch()
    const first = a.flush()
    a.touch()
    void a.flush()
    await vi.advanceTimersByTimeAsync(3000)
    await first
    expect(most).toBe(1)
    expect(save).toHaveBeenCalledTimes(2)
  })
  it('says so when the draft was changed elsewhere', async () => {
    const a = start(async () => { throw new ApiProblem({ code: 'draft.stale', status: 412 }) })
    a.touch()
    expect(await a.flush()).toBe(false)
    expect(a.state.value).toBe('conflict')
  })
  it('keeps what is typed while offline and saves it when the line is back', async () => {
    let online = false
    const save = vi.fn(async () => { if (!online) throw new ApiProblem({ code: 'client.offline' }) })
    const a = start(save)
    a.touch()
    await a.flush()
    expect(a.state.value).toBe('offline')
    online = true
    dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(10)
    expect(a.state.value).toBe('saved')
  })
})
