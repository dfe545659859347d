// @vitest-environment node
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'
import ts from 'typescript'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BUNDLES, bundle } from '../scripts/build.mjs'
import { rows, written } from '../scripts/generate.mjs'
import { METHODS } from '../src/methods'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const BUDGETS: Record<string, number> = { 'guest.js': 6 * 1024, 'prelude.js': 20 * 1024 }

describe('what is made from the one table of calls', () => {
  it('stands in the tree as it would be made now (npm run document -w bridge)', () => {
    for (const [path, text] of Object.entries(written())) expect(readFileSync(path, 'utf8'), path).toBe(text)
  })
  it('has every method with the scope of the table', () => {
    expect(Object.keys(METHODS).sort()).toEqual((rows() as { method: string }[]).map(row => row.method).sort())
  })
  it('never lets a method with a permission past the backend', () => {
    expect(Object.entries(METHODS).filter(([, facts]) => facts.scope && !facts.sensitive)).toEqual([])
  })
})

describe('what every page loads', () => {
  it.each(BUNDLES.filter(made => made.file in BUDGETS))('$file is small, ES2015, and needs no eval', async made => {
    const built = await bundle(made, { write: false })
    const { code } = (built as { output: { code: string }[] }[])[0]!.output[0]!
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(BUDGETS[made.file]!)
    expect(() => parse(code, { ecmaVersion: 2015, sourceType: 'script' })).not.toThrow()
    expect(code).not.toMatch(/\beval\(|new Function\(|\bimport\(/)
  })
})

const OPTIONS = {
  strict: true, target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
}
/** What the compiler says of a city's code, written against the types we publish. */
function complaints(folder: string, code: string): string[] {
  const app = join(folder, 'app.ts')
  writeFileSync(app, code)
  return ts.getPreEmitDiagnostics(ts.createProgram([app], { ...OPTIONS, noEmit: true })).map(d => ts.flattenDiagnosticMessageText(d.messageText, ' '))
}

describe('the published types', () => {
  it('let an app be written against them, and catch what it gets wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wanshi-types-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    ts.createProgram([at('../src/guest.ts')], { ...OPTIONS, declaration: true, emitDeclarationOnly: true, outDir: folder, rootDir: at('../src') }).emit()
    const head = 'import { createGuest, WanshiError, type Location } from "./guest"\nconst wanshi = createGuest()\n'
    expect(complaints(folder, `${head}
      export async function go(): Promise<Location> {
        const { ticket } = await wanshi.auth.getTicket()
        await wanshi.ui.setTitle(ticket)
        wanshi.on('uiStyle', style => { document.body.className = style })
        try { await wanshi.device.phoneCall({ number: '12345' }) } catch (e) { if (e instanceof WanshiError) throw e.code }
        return wanshi.device.getLocation({ coordinate: 'gcj02' })
      }`)).toEqual([])
    expect(complaints(folder, `${head}export const a = wanshi.device.phoneCall({ phone: '12345' })`)).toHaveLength(1)
    expect(complaints(folder, `${head}export const a = wanshi.auth.getTickets()`)).toHaveLength(1)
    expect(complaints(folder, `${head}wanshi.on('uistyle', () => undefined)`)).toHaveLength(1)
  }, 30000)
})
