import { codes } from '@wanshi/bridge/protocol'
import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import * as api from '@/api/miniapps'
import { deviceHandlers, dialable, locateRefusal, networkType } from '@/pieces/miniapps/handlers/device'
import { linkHandlers, targetOf } from '@/pieces/miniapps/handlers/links'
import { contentOf, mediaHandlers } from '@/pieces/miniapps/handlers/media'
import { forgetApp, storageHandlers } from '@/pieces/miniapps/handlers/storage'
import { traceHandlers } from '@/pieces/miniapps/handlers/trace'
import { uiHandlers } from '@/pieces/miniapps/handlers/ui'
import { useSheets } from '@/pieces/miniapps/sheets'
import { notice } from '@/shell/notice'
import { launch } from './launch'

const code = async (work: () => unknown) => { try { await work(); return 'done' } catch (e) { return (e as { code?: string }).code } }
const DOT = 'data:image/png;base64,iVBORw0KGgo='

describe('where an address leads', () => {
  const [shell, own] = ['https://shell.example', 'https://app.example']
  it.each([
    ['ah340100ride', { kind: 'app', path: '/apps/ah340100ride' }], ['https://shell.example/apps/x/y?z=1#a', { kind: 'app', path: '/apps/x/y?z=1#a' }],
    ['https://shell.example/me/password', { kind: 'app', path: '/' }], ['/v/3/next.html', { kind: 'self', url: 'https://app.example/v/3/next.html' }],
    ['https://gov.example/a?b', { kind: 'outside', url: 'https://gov.example/a?b' }],
  ])('%s', (address, target) => expect(targetOf(address, shell, own)).toEqual(target))
  it.each(['javascript:alert(1)', 'data:text/html,x', 'tel:110', 'https://me:secret@gov.example/', 'intent://x', 'file:///etc/passwd', 'https://[', null])('never %s', async address =>
    expect(await code(() => (address === null ? targetOf('http://', shell, own) : targetOf(address, shell, own)))).toBe(codes.badRequest))
})

describe('links and sharing', () => {
  it('go outside only by the person’s own tap, and share only the app’s own pages', async () => {
    const sheets = useSheets()
    const go = vi.fn()
    const { handlers, card } = linkHandlers({ sheets, launch: launch(), go, move: vi.fn() })
    const opening = code(() => handlers['ah.link.open']({ url: 'https://gov.example/' }))
    await flushPromises()
    expect(sheets.current.value).toMatchObject({ kind: 'outside', ask: { url: 'https://gov.example/' } })
    sheets.settle(null)
    expect(await opening).toBe(codes.cancelled)
    expect(go).not.toHaveBeenCalled()
    handlers['ah.share.setPage']({ title: '公积金', link: 'https://evil.example/win' })
    expect(card()).toMatchObject({ title: '公积金', url: `${location.origin}/apps/ah340100gjj` })
  })
})

describe('the device', () => {
  it.each(['12345', '0551-5550101', '+86 138 0000 0000', '96588,1'])('dials %s', number => expect(dialable(number)).toMatch(/^\+?[\d,]+$/))
  it.each(['*#06#', '*21*123#', '110;phone-context=x', 'javascript:1', '', 12345, '1'.repeat(40)])('does not dial %s', async number => expect(await code(() => dialable(number))).toBe(codes.badRequest))
  it('says in the bridge’s words why there is no position', () => {
    expect([1, 2, 3].map(n => locateRefusal({ code: n as 1 }).code)).toEqual([codes.refused, codes.failed, codes.failed])
  })
  it('knows when there is no network', () => {
    expect(networkType({ onLine: false } as Navigator)).toBe('none')
    expect(networkType({ onLine: true, connection: { type: 'cellular', effectiveType: '4g' } } as unknown as Navigator)).toBe('4g')
    expect(networkType({ onLine: true } as Navigator)).toBe('unknown')
  })
  it('gives a position on the grid that was asked for, rough when that is enough', async () => {
    const getCurrentPosition = vi.fn((done: PositionCallback) => done({ coords: { longitude: 117.227219, latitude: 31.820567, accuracy: 12.4 } } as GeolocationPosition))
    vi.stubGlobal('navigator', { ...navigator, geolocation: { getCurrentPosition }, userAgent: '' })
    const handlers = deviceHandlers(useSheets(), () => 'normal', '1')
    const [exact, gcj, rough] = [await handlers['ah.device.getLocation']({}), await handlers['ah.device.getLocation']({ coordinate: 'gcj02' }), await handlers['ah.device.getLocation']({ precise: false })]
    vi.unstubAllGlobals()
    expect(exact).toMatchObject({ longitude: 117.227219, latitude: 31.820567, accuracy: 12, coordinate: 'wgs84' })
    expect(gcj.coordinate).toBe('gcj02')
    expect(Math.abs(gcj.longitude - exact.longitude)).toBeGreaterThan(0.003)
    expect(rough).toMatchObject({ longitude: 117.227, latitude: 31.821 })
  })
  it('ends a scan that was closed', async () => {
    const sheets = useSheets()
    const scanning = code(() => deviceHandlers(sheets, () => 'normal', '1')['ah.device.scan']({ kinds: ['qr'] }))
    await flushPromises()
    expect(sheets.current.value?.ask).toEqual({ kinds: ['qr'] })
    sheets.settle(null)
    expect(await scanning).toBe(codes.cancelled)
  })
})

describe('files and pictures', () => {
  it.each(['https://app.example/a.png', 'blob:https://app.example/1', 'javascript:1', '', 7, new Blob([])])('takes no %s for content', async value => expect(await code(() => contentOf(value))).toBe(codes.badRequest))
  it('takes content, and nothing but pictures for pictures', async () => {
    expect((await contentOf(DOT)).type).toBe('image/png')
    const handlers = mediaHandlers(useSheets())
    expect(await code(() => handlers['ah.media.saveImage']({ image: new Blob(['<svg/>'], { type: 'image/svg+xml' }) }))).toBe(codes.badRequest)
    expect(await code(() => handlers['ah.media.saveImage']({ image: 'data:text/html,<b>' }))).toBe(codes.badRequest)
  })
  it('saves under a name that stays a name', async () => {
    const names: string[] = []
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) { names.push(this.download) })
    const handlers = mediaHandlers(useSheets())
    await handlers['ah.file.download']({ file: new Blob(['x']), name: '../../.bashrc' })
    await handlers['ah.media.saveImage']({ image: DOT })
    click.mockRestore()
    expect(names).toEqual(['_.._.bashrc', '图片.png'])
  })
  it('gives the app what was picked, never more than it asked for', async () => {
    const sheets = useSheets()
    const picking = mediaHandlers(sheets)['ah.media.chooseImage']({ count: 1 })
    await flushPromises()
    sheets.settle([new File(['a'], 'a.png', { type: 'image/png' }), new File(['b'], 'b.png')])
    expect((await picking).images.map(i => [i.name, i.size])).toEqual([['a.png', 1]])
  })
  it('asks nothing for files that were picked before', async () => {
    expect(await mediaHandlers(useSheets())['ah.file.upload']({ chosen: [{ name: 'a', size: 1 }] })).toEqual({ files: [] })
  })
})

describe('what an app stores', () => {
  const one = storageHandlers('https://ah340100gjj.miniapp.example')
  const other = storageHandlers('https://ah340100gjjx.miniapp.example')
  beforeEach(() => localStorage.clear())
  it('is its own, not its neighbour’s and not the shell’s', () => {
    localStorage.setItem('wanshi.had-session', '1')
    one['ah.storage.set']({ key: 'had-session', value: 'x' })
    other['ah.storage.set']({ key: 'had-session', value: 'y' })
    expect(one['ah.storage.get']({})).toEqual({ value: null, values: { 'had-session': 'x' } })
    one['ah.storage.remove']({})
    expect([one['ah.storage.get']({ key: 'had-session' }).value, other['ah.storage.get']({ key: 'had-session' }).value, localStorage.getItem('wanshi.had-session')]).toEqual([null, 'y', '1'])
  })
  it('goes with its permissions, on trial too', () => {
    const trial = storageHandlers('https://ah340100gjj-t7.miniapp.example')
    for (const room of [one, other, trial]) room['ah.storage.set']({ key: 'k', value: 'v' })
    forgetApp('ah340100gjj')
    expect([one, other, trial].map(room => room['ah.storage.get']({ key: 'k' }).value)).toEqual([null, 'v', 'v'])
  })
  it.each([[{ key: '', value: 'x' }], [{ key: 'k'.repeat(200), value: 'x' }], [{ key: 'k', value: 7 }], [{ key: 'k', value: 'x'.repeat(300_000) }]])('is refused for %o', async p =>
    expect(await code(() => one['ah.storage.set'](p as { key: string; value: string }))).toBe(codes.badRequest))
})

describe('what a page reports of itself', () => {
  it('goes to the server in its own kinds, and never fails the page', async () => {
    const trace = vi.spyOn(api, 'trace').mockRejectedValue(new Error('line broke'))
    const handlers = traceHandlers({ launch_id: 'n1', token: 'tok' })
    expect(handlers['ah.trace.report']({ kind: 'PAGE_SHOW', page: 'index.html', duration_ms: 12.7 })).toBeNull()
    expect(handlers['ah.trace.report']({ kind: 'error', name: 'x', data: 'no' as never, duration_ms: -1 })).toBeNull()
    expect(trace.mock.calls.map(c => c[2])).toEqual([
      { kind: 'event', page: 'index.html', name: 'PAGE_SHOW', data: {}, duration_ms: 12 }, { kind: 'error', page: '', name: 'x', data: {} },
    ])
  })
})

describe('an app’s words', () => {
  const made = () => { const sheets = useSheets(); const title = ref('甲'); return { sheets, title, ...uiHandlers(sheets, title, vi.fn()) } }
  it('set a short title, and no empty one', async () => {
    const { handlers, title } = made()
    await handlers['ah.ui.setTitle']({ title: '长'.repeat(80) })
    expect(title.value).toHaveLength(24)
    expect(await code(() => handlers['ah.ui.setTitle']({ title: '  ' }))).toBe(codes.badRequest)
  })
  it('are shown in passing', async () => {
    await made().handlers['ah.ui.toast']({ message: '已保存' })
    expect(notice.value).toBe('已保存')
  })
  it('ask and hear the answer; what was closed is no', async () => {
    const { handlers, sheets } = made()
    for (const [given, expected] of [[{ yes: true, text: '好' }, { confirmed: true, value: '好' }], [null, { confirmed: false, value: '' }]] as const) {
      const asking = handlers['ah.ui.prompt']({ message: '备注' })
      await flushPromises()
      sheets.settle(given)
      expect(await asking).toEqual(expected)
    }
  })
  it('leave no waiting sign for ever', async () => {
    vi.useFakeTimers()
    const { handlers, waiting } = made()
    await handlers['ah.ui.showLoading']({ visible: true, text: '查询' })
    vi.advanceTimersByTime(10)
    expect(waiting.value).toBe('查询')
    vi.advanceTimersByTime(30_000)
    expect(waiting.value).toBeNull()
    vi.useRealTimers()
  })
})
