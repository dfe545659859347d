import { describe, expect, it } from 'vitest'
import type { Harness } from '../harness'

/** Who is believed: the frame we opened, at the origin the launch named, and nobody else. */
export function standsAlone(at: Harness): void {
  describe('in a browser, a guest', () => {
    it('is given no port when its frame was led to another origin', async () => {
      const frame = await at.open({ dialects: [] })
      await frame.goto(`${at.origin('stranger')}/index.html`)
      const stranger = at.page.frame('app')!
      const answered = await stranger.evaluate(() => Promise.race([
        (window as never as { wanshi: { ready: Promise<unknown> } }).wanshi.ready.then(() => 'a port'),
        new Promise(resolve => { setTimeout(() => resolve('nothing'), 400) }),
      ]))
      expect(answered).toBe('nothing')
    })

    it('of the plain kind reaches the shell by its SDK', async () => {
      const frame = await at.open()
      const told = await frame.evaluate(() => (window as never as { wanshi: { region: { get(): Promise<unknown> } } }).wanshi.region.get())
      expect(told).toEqual({ code: '340100', name: '合肥市' })
    })

    it('hands the shell bytes it fetched itself, never an address to fetch', async () => {
      const frame = await at.open()
      type Sdk = { wanshi: { file: { download(p: object): Promise<unknown> }; media: { previewImage(p: object): Promise<unknown> } } }
      await frame.evaluate(async () => {
        const { file, media } = (window as never as Sdk).wanshi
        await file.download({ file: '/upload/form.txt' })
        await media.previewImage({ images: ['data:image/png;base64,AAAA', new Blob(['x'])] })
      })
      const sizes = await at.page.evaluate(() => (window as never as { shell: { calls: { params: { file?: Blob; name?: string; images?: Blob[] } }[] } }).shell.calls
        .map(({ params }) => [params.name, params.file?.size, params.images?.map(image => image.size)]))
      expect(sizes).toEqual([['form.txt', 2, undefined], [undefined, undefined, [3, 1]]])
      const refused = await frame.evaluate(() => (window as never as Sdk).wanshi.file.download({ file: 'https://undeclared.example/a.pdf' }).catch((e: { name: string; code: string }) => [e.name, e.code]))
      expect(refused).toEqual(['WanshiError', 'host.failed'])
    })
  })
}
