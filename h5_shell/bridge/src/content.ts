/**
 * The bytes of a picture or file a page names. The shell takes no addresses: it would fetch them
 * with its own rights. The page fetches under its own policy, from what its manifest declares.
 */
import { BridgeRefusal, codes } from './protocol'

export function contentOf(self: Window, ref: Blob | string): Promise<Blob> {
  if (typeof ref !== 'string') return Promise.resolve(ref)
  if (ref.slice(0, 5) === 'data:') return Promise.resolve(decoded(ref))
  const unreachable = () => new BridgeRefusal(codes.failed, '取不到这个文件，请检查地址，并在清单的 network.download 中声明。')
  return self.fetch(ref).then(reply => {
    if (!reply.ok) throw unreachable()
    return reply.blob()
  }, () => { throw unreachable() })
}

/** The last part of an address, as a file's name. */
export function nameIn(ref: string): string {
  const [path] = ref.split(/[?#]/) as [string]
  return /^(data|blob):/.test(ref) ? '' : path.slice(path.lastIndexOf('/') + 1)
}

function decoded(url: string): Blob {
  const comma = url.indexOf(',')
  const type = (/^data:([^;,]*)/.exec(url) as RegExpExecArray)[1] || 'application/octet-stream'
  try {
    const bytes = /;base64/.test(url.slice(0, comma)) ? atob(url.slice(comma + 1)) : decodeURIComponent(url.slice(comma + 1))
    return new Blob([Uint8Array.from(bytes, c => c.charCodeAt(0))], { type })
  } catch {
    throw new BridgeRefusal(codes.badRequest, '文件内容不正确')
  }
}
