/** Builds the shell for one place (R-POR-34): its name, colours, mark and columns come from a file, not from code. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { configFaults, logoFault, type Config } from './shell-rules'

const OWN = fileURLToPath(new URL('../shell.json', import.meta.url))
interface Shell { name: string; short_name: string; theme: { primary: string; accent: string }; logo: string }

const darker = (colour: string, by: number) => `#${[1, 3, 5].map(i => Math.round(parseInt(colour.slice(i, i + 2), 16) * (1 - by)).toString(16).padStart(2, '0')).join('')}`
const lighter = (colour: string, by: number) => `#${[1, 3, 5].map(i => { const c = parseInt(colour.slice(i, i + 2), 16); return Math.round(c + (255 - c) * by).toString(16).padStart(2, '0') }).join('')}`
export const themeCss = ({ primary, accent }: Shell['theme']) => `html:root,html:root[data-ui="elder"]{--tile:${primary};--tile-2:${lighter(primary, 0.15)};--cinnabar:${accent};--cinnabar-deep:${darker(accent, 0.2)};--cinnabar-soft:${lighter(accent, 0.92)}}`

/** Reads and judges a configuration; throws with every fault, one a line. */
export function readShell(file: string): { shell: Shell; logo: string } {
  let config: Config
  try { config = JSON.parse(readFileSync(file, 'utf8')) as Config } catch (error) { throw new Error(`读不了壳配置 ${file}：${String(error)}`, { cause: error }) }
  const faults = configFaults(config)
  let logo = ''
  if (typeof config.logo === 'string') {
    try { logo = readFileSync(resolve(dirname(file), config.logo), 'utf8') } catch { faults.push(`logo：没有文件 ${config.logo}`) }
    const fault = logo && logoFault(logo)
    if (fault) faults.push(fault)
  }
  if (faults.length) throw new Error(`壳配置 ${file} 有 ${faults.length} 处不符合全省统一要求：\n${faults.map(f => `  · ${f}`).join('\n')}`)
  return { shell: config as unknown as Shell, logo }
}

export function cityShell(given?: string): Plugin {
  const file = given ? resolve(process.env.INIT_CWD ?? '.', given) : OWN
  const { shell, logo } = readShell(file)
  const manifest = () => JSON.stringify({
    name: shell.name, short_name: shell.short_name, lang: 'zh-CN', start_url: '/', display: 'standalone', background_color: '#f2f1ec', theme_color: '#f2f1ec', icons: [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' }],
  })
  const files: Record<string, [string, () => string]> = { '/icon.svg': ['image/svg+xml', () => logo], '/manifest.webmanifest': ['application/manifest+json', manifest] }
  return {
    name: 'wanshi-city-shell', enforce: 'pre',
    load: id => (id === OWN ? readFileSync(file, 'utf8') : null),
    transformIndexHtml: html => ({
      html: html.replaceAll('万事', shell.name),
      // The platform's own colours are in tokens.css already.
      tags: file === OWN ? [] : [{ tag: 'style', children: themeCss(shell.theme), injectTo: 'head' }],
    }),
    generateBundle() {
      for (const [name, [, content]] of Object.entries(files)) this.emitFile({ type: 'asset', fileName: name.slice(1), source: content() })
      this.emitFile({ type: 'asset', fileName: 'shell.json', source: readFileSync(file, 'utf8') })
    },
    configureServer(server) {
      server.middlewares.use((req, res, next) => {
        const found = files[req.url?.split('?')[0] ?? '']
        if (!found) return next()
        res.setHeader('Content-Type', found[0])
        res.end(found[1]())
      })
    },
  }
}
