import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { useBackCloses } from '@/pieces/miniapps/back-closes'

async function page(path = '/apps/x?city=1') {
  const open = ref(false)
  let tools!: ReturnType<typeof useBackCloses>
  const Page = defineComponent({ setup() { tools = useBackCloses(open, () => { open.value = false }); return () => h('p') } })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/apps/:id', component: Page }, { path: '/:rest(.*)*', component: { render: () => h('p') } }] })
  await router.push('/before')
  await router.push(path)
  mount(RouterView, { global: { plugins: [router] } })
  await flushPromises()
  const at = () => router.currentRoute.value.fullPath
  const back = async () => { router.back(); await flushPromises() }
  return { open, router, tools, at, back }
}

describe('a sheet over a page', () => {
  it('is closed by Back, and the page stays', async () => {
    const { open, at, back, tools } = await page()
    open.value = true
    await flushPromises()
    expect([at(), tools.here()]).toEqual(['/apps/x?city=1&over=1', '/apps/x?city=1'])
    await back()
    expect([open.value, at()]).toEqual([false, '/apps/x?city=1'])
    await back()
    expect(at()).toBe('/before')
  })
  it('takes its place in the history away when it closes by itself', async () => {
    const { open, at, back } = await page()
    open.value = true
    await flushPromises()
    open.value = false
    await flushPromises()
    expect(at()).toBe('/apps/x?city=1')
    await back()
    expect(at()).toBe('/before')
  })
  it('lets people go elsewhere from it, and back to the page', async () => {
    const { open, router, tools, at, back } = await page()
    open.value = true
    await flushPromises()
    open.value = false
    tools.leave()
    await router.replace('/tier')
    await flushPromises()
    expect(at()).toBe('/tier')
    await back()
    expect(at()).toBe('/apps/x?city=1')
  })
  it('is not open after a reload', async () => {
    const { open, at } = await page('/apps/x?over=1')
    expect([open.value, at()]).toEqual([false, '/apps/x'])
  })
})
