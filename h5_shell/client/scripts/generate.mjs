// OpenAPI document → TypeScript types. The document comes straight from the back end of this
// checkout; where there is none (front-end work alone), client/openapi-public.json is read:
//   .venv/bin/wanshi openapi --surface public > h5_shell/client/openapi-public.json
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const at = path => fileURLToPath(new URL(path, import.meta.url))
const backend = at('../../../.venv/bin/wanshi')
const stored = at('../openapi-public.json')
const target = at('../src/generated/public.ts')

function fromBackend() {
  if (!existsSync(backend)) return null
  const run = spawnSync(backend, ['openapi', '--surface', 'public'], { cwd: at('../../..'), encoding: 'utf8', maxBuffer: 64 << 20 })
  if (run.status === 0) return run.stdout
  console.warn(`client: wanshi openapi failed; using a stored document if there is one.\n${run.stderr.slice(-600)}`)
  return null
}

const document = fromBackend() ?? (existsSync(stored) ? readFileSync(stored, 'utf8') : null)
if (document === null) {
  console.error('client: no OpenAPI document. Prepare the back end (make setup), or write client/openapi-public.json.')
  process.exit(1)
}
const text = `// Generated from the OpenAPI document; do not edit.\n${astToString(await openapiTS(JSON.parse(document), { defaultNonNullable: false }))}`
// Rewriting an unchanged file would wake every watcher and type checker for nothing.
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  mkdirSync(at('../src/generated/'), { recursive: true })
  writeFileSync(target, text)
}
console.log('client: types are up to date')
