import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { useSheets } from '@/pieces/miniapps/sheets'

const ask = (title: string) => ({ title, items: ['甲'], cancel: '取消' })

describe('sheets over an app', () => {
  it('come one after the other', async () => {
    const { current, show, settle } = useSheets()
    const [first, second] = [show('actions', ask('一')), show('actions', ask('二'))]
    await flushPromises()
    expect(current.value?.ask).toMatchObject({ title: '一' })
    settle(0)
    expect(await first).toBe(0)
    await flushPromises()
    expect(current.value?.ask).toMatchObject({ title: '二' })
    settle(null)
    expect(await second).toBeNull()
    expect(current.value).toBeNull()
  })
  it('are all gone with the app, those that wait too, and the next app has its own', async () => {
    const { current, show, settle, dismiss } = useSheets()
    const [first, second] = [show('actions', ask('一')), show('actions', ask('二'))]
    await flushPromises()
    dismiss()
    expect(await Promise.all([first, second])).toEqual([null, null])
    const third = show('actions', ask('三'))
    await flushPromises()
    expect(current.value?.ask).toMatchObject({ title: '三' })
    settle(0)
    expect(await third).toBe(0)
  })
})
