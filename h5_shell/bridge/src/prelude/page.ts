/** What every dialect needs of the page: its port, its declared names, the files the person picked. */
import type { Connection } from '../connection'
import { contentOf, nameIn } from '../content'
import { BridgeRefusal, codes, type Proof } from '../protocol'
import type { PickedFile } from '../methods'
import { dataUrl, nothing, type Ask, type Raw } from '../dialects/adapter'

/** `window.__wanshiPrelude`, which the app's origin writes before this script. */
export interface Config {
  appid: string
  code: number
  dialects: string[]
  ua: string[]
  /** Part of a script's address → the dialect that stands for it. */
  scriptMap: Record<string, string>
  /** A vendor's host → a folder of our own origin. */
  hostMap: Record<string, string>
  baseAlias: string[]
  shellOrigin: string
}
export interface Sending { url: string; name?: string; fields?: Raw; headers?: Raw; files: PickedFile[] }

export class Page {
  readonly self: Window & typeof globalThis
  readonly config: Config
  readonly connection: Connection
  // What the vendors' "local ids" stand for.
  private readonly kept = new Map<string, PickedFile>()

  constructor(self: Window & typeof globalThis, config: Config, connection: Connection) {
    this.self = self
    this.config = config
    this.connection = connection
  }

  has(dialect: string): boolean {
    return this.config.dialects.indexOf(dialect) >= 0
  }

  ask(dialect: string, proof?: Proof): Ask {
    return ((method, params) => this.connection.invoke(method, params, proof ? { dialect, proof } : { dialect })) as Ask
  }

  /** A local id. Pages show pictures by it, and an app's policy lets them show `data:` alone. */
  keep(file: PickedFile): Promise<string> {
    const shown = /^image\//.test(file.type)
    return (shown ? dataUrl(file.blob) : Promise.resolve(this.self.URL.createObjectURL(file.blob))).then(id => {
      this.kept.set(id, file)
      return id
    })
  }

  keepAll(files: PickedFile[]): Promise<string[]> {
    return Promise.all(files.map(file => this.keep(file)))
  }

  file(id: string): PickedFile | undefined {
    return this.kept.get(id)
  }

  /** The bytes of what a page names: a file it holds, base64 as vendors give it, or an address. */
  content(ref: string): Promise<Blob> {
    const file = this.kept.get(ref)
    if (file) return Promise.resolve(file.blob)
    const bare = /^[A-Za-z0-9+/]{200,}=*$/.test(ref)
    return Promise.resolve().then(() => contentOf(this.self, bare ? `data:image/png;base64,${ref}` : ref))
  }

  /** Fetches a file for the person to keep. */
  download(ask: Ask, address: string, name = ''): Promise<unknown> {
    return this.content(address).then(file => ask('ah.file.download', { file, name: name || nameIn(address) }))
  }

  /** Sends files from the app's own origin, so that its declared addresses are what counts. */
  send({ url, name, fields, headers, files }: Sending): Promise<{ status: number; body: string }> {
    const form = new FormData()
    Object.keys(fields || {}).forEach(key => form.append(key, String((fields as Raw)[key])))
    files.forEach(file => form.append(name || 'file', file.blob, file.name))
    return this.self.fetch(url, { method: 'POST', body: form, headers: headers as Record<string, string> }).then(
      reply => reply.text().then(body => ({ status: reply.status, body })),
      () => { throw new BridgeRefusal(codes.offline, '上传失败') },
    )
  }

  /** The files named by local ids, after the host agreed; without ids the person picks some. */
  files(ask: Ask, ids: string[], most = 1, accept = ''): Promise<PickedFile[]> {
    const chosen = ids.map(id => this.kept.get(id)).filter((file): file is PickedFile => Boolean(file))
    if (ids.length && !chosen.length) return Promise.reject(new BridgeRefusal(codes.badRequest, '没有这个文件'))
    if (!chosen.length) return ask('ah.file.upload', { count: most, accept }).then(({ files }) => files)
    return ask('ah.file.upload', { chosen: chosen.map(({ name, size }) => ({ name, size })) }).then(() => chosen)
  }

  /** Our own pages open in place; others are the shell's to open. */
  open(ask: Ask, address: string, replace = false): Promise<unknown> {
    const url = new URL(address, this.self.location.href)
    if (url.protocol === 'tel:') return ask('ah.device.phoneCall', { number: url.pathname }).then(nothing)
    if (url.origin !== this.self.location.origin) return ask('ah.link.open', { url: url.href }).then(nothing)
    if (replace) this.self.location.replace(url.href)
    else this.self.location.assign(url.href)
    return Promise.resolve({})
  }

  /** Containers announce themselves when the document is there, never before. */
  announce(name: string): void {
    const { document } = this.self
    const fire = () => document.dispatchEvent(new Event(name))
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', fire)
    else this.self.setTimeout(fire, 0)
  }
}
