// Staff OpenAPI document → TypeScript types, straight from the back end of this checkout; where
// there is none (front-end work alone), client/openapi-staff.json is read:
//   .venv/bin/wanshi openapi --surface staff --output h5_shell/client/openapi-staff.json
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const at = path => fileURLToPath(new URL(path, import.meta.url))
const backend = at('../../../.venv/bin/wanshi')
const stored = at('../../client/openapi-staff.json')
const target = at('../src/client/generated/staff.ts')

function fromBackend() {
  if (!existsSync(backend)) return null
  const run = spawnSync(backend, ['openapi', '--surface', 'staff'], { cwd: at('../../..'), encoding: 'utf8', maxBuffer: 64 << 20 })
  if (run.status === 0) return run.stdout
  console.warn(`console: wanshi openapi failed; using a stored document if there is one.\n${run.stderr.slice(-600)}`)
  return null
}

const document = fromBackend() ?? (existsSync(stored) ? readFileSync(stored, 'utf8') : null)
if (document === null) {
  console.error('console: no OpenAPI document. Prepare the back end (make setup), or write client/openapi-staff.json.')
  process.exit(1)
}
const types = astToString(await openapiTS(JSON.parse(document), { defaultNonNullable: false }))
const text = `/* eslint-disable */\n// Generated from the OpenAPI document; do not edit.\n${types}`
// Rewriting an unchanged file would wake every watcher and type checker for nothing.
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  mkdirSync(at('../src/client/generated/'), { recursive: true })
  writeFileSync(target, text)
}
console.log('console: types are up to date')
