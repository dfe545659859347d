/** `/apps/<appid>/<path>?<query>#<hash>` in the shell is a page inside the app, and back. */
interface Opened { origin: string; url: string }

/** What every address of the opened version begins with: `/v/<code>/`. */
const rootOf = ({ url }: Opened) => new URL(/^(.*?\/v\/\d+\/)/.exec(url)?.[1] ?? new URL('./', url).href)
/** The shell's own; an app is not told of them. */
const OURS = ['over', 'trial', 'fresh']

/** The address of a page inside the opened version; anything that leads out of it is its front page. */
export function pageIn(launch: Opened, path: string, query: Record<string, unknown>, hash: string): string {
  const root = rootOf(launch)
  const asked = Object.entries(query).filter(([name, value]) => !OURS.includes(name) && typeof value === 'string') as [string, string][]
  if (!path && !asked.length && !hash) return launch.url
  const page = new URL(launch.url)
  if (path) {
    const inside = new URL(`./${path}`, root)
    if (inside.origin !== launch.origin || !inside.pathname.startsWith(root.pathname)) return launch.url
    page.pathname = inside.pathname
    page.search = ''
    page.hash = ''
  }
  asked.forEach(([name, value]) => page.searchParams.append(name, value))
  if (hash) page.hash = hash
  return page.href
}

/** The part of an app's own address that a deep link carries; nothing for any other. */
export function insideOf(address: unknown, launch: Opened): string {
  if (typeof address !== 'string' || !address) return ''
  try {
    const url = new URL(address, launch.url)
    const root = rootOf(launch)
    if (url.origin !== launch.origin || !url.pathname.startsWith(root.pathname)) return ''
    const home = new URL(launch.url).pathname
    const path = url.pathname === home && !url.search && !url.hash ? '' : url.pathname.slice(root.pathname.length)
    return path + url.search + url.hash
  } catch {
    return ''
  }
}
export const deepLink = (shell: string, appid: string, inside: string) => `${shell}/apps/${encodeURIComponent(appid)}${inside && `/${inside}`}`
