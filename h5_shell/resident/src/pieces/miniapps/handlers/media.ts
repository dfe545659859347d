import type { Handlers } from '@wanshi/bridge/host'
import type { PickedFile } from '@wanshi/bridge/methods'
import { given, malformed } from '../refusals'
import type { SheetDesk } from '../sheets'
import { words } from './ui'

const MOST = 9
const LARGEST = 30 * 1024 * 1024
const DATA = /^data:([\w.+-]+\/[\w.+-]+)?(;[\w=.+-]+)*(;base64)?,/

export const picked = (blob: File): PickedFile => ({ name: blob.name, type: blob.type, size: blob.size, blob })

/** What a page handed over to be kept or shown: its content, never an address for the shell to fetch. */
export async function contentOf(value: unknown): Promise<Blob> {
  const blob = value instanceof Blob ? value : typeof value === 'string' && DATA.test(value) ? fromData(value) : null
  if (!blob) throw malformed('请直接给出文件内容')
  if (!blob.size || blob.size > LARGEST) throw malformed('文件是空的，或者太大')
  return blob
}
function fromData(address: string): Blob {
  const [head = '', ...rest] = address.split(',')
  const body = rest.join(',')
  const type = /^data:([\w.+-]+\/[\w.+-]+)/.exec(head)?.[1] ?? 'application/octet-stream'
  if (!head.endsWith(';base64')) return new Blob([decodeURIComponent(body)], { type })
  try {
    return new Blob([Uint8Array.from(atob(body), c => c.charCodeAt(0))], { type })
  } catch {
    throw malformed('文件内容不对')
  }
}
/** A file name that stays a file name. */
const nameOf = (given: unknown, fallback: string) => words(given, 80).replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, '_').replace(/^\.+/, '') || fallback
const ENDINGS: Record<string, string> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/gif': 'gif', 'application/pdf': 'pdf' }

export function keep(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob)
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export function mediaHandlers(sheets: SheetDesk) {
  const pick = async (title: string, accept: string, count: unknown, sources?: unknown): Promise<PickedFile[]> => {
    const from = Array.isArray(sources) && sources.length ? sources : ['album', 'camera']
    const most = Math.min(MOST, Math.max(1, Math.trunc(Number(count) || 1)))
    const files = await given(sheets.show('pick', { title, accept, count: most, camera: from.includes('camera') && accept.startsWith('image/'), album: from.includes('album') }))
    return files.slice(0, most).map(picked)
  }
  const image = async (value: unknown) => {
    const blob = await contentOf(value)
    // An SVG is a page of its own, and could be opened as one.
    if (!blob.type.startsWith('image/') || blob.type.includes('svg')) throw malformed('不是图片')
    return blob
  }
  return {
    'ah.media.chooseImage': async p => ({ images: await pick('选择图片', 'image/*', p.count ?? MOST, p.sources) }),
    'ah.media.saveImage': async p => {
      const blob = await image(p.image)
      keep(blob, nameOf(p.name, `图片.${ENDINGS[blob.type] ?? 'png'}`))
      return null
    },
    'ah.media.previewImage': async p => {
      if (!Array.isArray(p.images) || !p.images.length) throw malformed('没有图片')
      const blobs = await Promise.all(p.images.slice(0, MOST).map(image))
      const urls = blobs.map(b => URL.createObjectURL(b))
      const current = Math.min(urls.length - 1, Math.max(0, Math.trunc(Number(p.current) || 0)))
      await sheets.show('preview', { images: urls, current })
      urls.forEach(u => URL.revokeObjectURL(u))
      return null
    },
    'ah.file.upload': async p => ({ files: p.chosen ? [] : await pick('选择文件', words(p.accept, 200) || '*/*', p.count) }),
    'ah.file.download': async p => {
      const blob = await contentOf(p.file)
      keep(blob, nameOf(p.name, `文件.${ENDINGS[blob.type] ?? 'bin'}`))
      return null
    },
  } satisfies Partial<Handlers>
}
