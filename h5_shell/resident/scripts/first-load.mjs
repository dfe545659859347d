// What a phone fetches before the home page stands: scripts and styles of the entry and of the home
// route, gzipped. Fails above the bound of the issue (200 KB). Usage: node scripts/first-load.mjs [dist]
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'

export const MOST = 200 * 1024
const HOME = 'src/pages/portal/HomePage.vue'

/** Every file that the given chunks need at once, by the build's manifest. */
export function filesOf(manifest, entries) {
  const seen = new Set()
  const files = new Set()
  const walk = key => {
    const chunk = manifest[key]
    if (!chunk || seen.has(key)) return
    seen.add(key)
    files.add(chunk.file)
    for (const css of chunk.css ?? []) files.add(css)
    for (const needed of chunk.imports ?? []) walk(needed)
  }
  entries.forEach(walk)
  return [...files]
}

export function firstLoad(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
  const entry = Object.keys(manifest).find(key => manifest[key].isEntry)
  if (!entry || !manifest[HOME]) throw new Error('the build has no entry or no home page')
  const sizes = filesOf(manifest, [entry, HOME]).map(file => ({ file, size: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length }))
  return { sizes, total: sizes.reduce((sum, s) => sum + s.size, 0) }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const dist = process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url))
  if (!existsSync(join(dist, '.vite/manifest.json'))) throw new Error(`no build in ${dist}: run npm run build first`)
  const { sizes, total } = firstLoad(dist)
  for (const { file, size } of sizes.sort((a, b) => b.size - a.size)) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`)
  console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  first load, gzipped (at most ${MOST / 1024} KB)`)
  if (total > MOST) process.exit(1)
}
