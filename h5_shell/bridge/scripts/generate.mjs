// Makes src/table.ts (from miniapps/data) and docs/guest-sdk.md from the one table of calls and its types.
//   node scripts/generate.mjs            writes both
// tests/generated.test.ts compares them with what stands in the tree.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describeSdk } from './document.mjs'

const at = path => fileURLToPath(new URL(path, import.meta.url))
export const rows = () => JSON.parse(readFileSync(at('../../../miniapps/data/bridge_methods.json'), 'utf8')).methods
export const dialects = () => JSON.parse(readFileSync(at('../../../miniapps/data/dialects.json'), 'utf8')).dialects
const quoted = text => `'${text}'`
const key = text => (/^[A-Za-z]\w*$/.test(text) ? text : quoted(text))

function facts(row) {
  return `  ${quoted(row.method)}: { scope: ${quoted(row.scope)}, sensitive: ${Boolean(row.sensitive)}, gesture: ${Boolean(row.gesture)} },`
}

function names(all) {
  const called = {}
  for (const row of all) {
    for (const [dialect, said] of Object.entries(row.names)) {
      if (dialect === 'web') continue
      for (const name of said) (called[dialect] ??= []).push(`    ${key(name)}: ${quoted(row.method)},`)
    }
  }
  return Object.entries(called).map(([dialect, lines]) => `  ${dialect}: {\n${lines.join('\n')}\n  },`).join('\n')
}

const scripts = () => Object.entries(dialects())
  .map(([dialect, { scripts: parts }]) => `  ${dialect}: [${parts.map(quoted).join(', ')}],`).join('\n')

/** src/table.ts as it must be. */
export function table(all = rows()) {
  return `// Made by scripts/generate.mjs from miniapps/data; change that, not this.
export const TABLE = {
${all.map(facts).join('\n')}
}

/** What each dialect calls our methods. */
export const NAMES = {
${names(all)}
} as const

/** Parts of the addresses of each vendor's scripts. */
export const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
${scripts()}
}
`
}

export const written = () => ({
  [at('../src/table.ts')]: table(),
  [at('../../../docs/guest-sdk.md')]: describeSdk(rows(), readFileSync(at('../src/methods.ts'), 'utf8')),
})

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [path, text] of Object.entries(written())) writeFileSync(path, text)
}
