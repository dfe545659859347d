// @vitest-environment node
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readShell, themeCss } from '../scripts/city-shell'
import { filesOf } from '../scripts/first-load.mjs'
import { configFaults, contrast, logoFault, type Config } from '../scripts/shell-rules'
import hefei from '../cities/hefei/shell.json'
import own from '../shell.json'

const changed = (change: (c: Config) => void) => { const c = structuredClone(hefei) as Config; change(c); return configFaults(c) }
const column = (c: Config, i: number) => c.columns![i]!

describe('a city’s shell', () => {
  it('is good as the province and 合肥 wrote theirs', () => expect([configFaults(own), configFaults(hefei)]).toEqual([[], []]))
  it.each([
    ['a column of the province is missing', (c: Config) => { c.columns!.splice(3, 1) }, /缺少全省统一栏目“消息”/],
    ['a column was renamed', (c: Config) => { column(c, 1).title = '服务' }, /全省统一名称为“办事”/],
    ['the order is another', (c: Config) => { c.columns!.reverse() }, /栏目顺序应为/],
    ['a column is of no kind', (c: Config) => { column(c, 2).key = 'shop' }, /没有栏目 shop/],
    ['there are three of its own', (c: Config) => { c.columns!.push({ key: 'local', title: '公交', to: '/a' }, { key: 'local', title: '医院', to: '/b' }) }, /最多 2 个/],
    ['a column leads outside', (c: Config) => { column(c, 2).to = '//evil.example' }, /地址要以 \/ 开头/],
    ['a column runs a script', (c: Config) => { column(c, 2).to = 'javascript:alert(1)' }, /地址要以 \/ 开头/],
    ['a column stands twice', (c: Config) => { c.columns!.splice(1, 0, column(c, 1)) }, /栏目重复/],
    ['white words cannot be read on its colour', (c: Config) => { c.theme!.primary = '#f0a020' }, /对比度为 2\.\d+，不能低于 4\.5/],
    ['a colour is none', (c: Config) => { c.theme!.accent = 'red;}body{display:none' }, /颜色要写成 #rrggbb/],
    ['it was written for another SDK', (c: Config) => { c.sdk_version = '2.0' }, /平台当前为 1\.0/],
    ['it has no name', (c: Config) => { delete c.name }, /name：/],
    ['its region is none', (c: Config) => { c.region = { code: '合肥', name: '合肥' } }, /region：/],
    ['it has no columns at all', (c: Config) => { delete c.columns }, /缺少栏目/],
  ])('is refused when %s', (_, change, sentence) => expect(changed(change).join('\n')).toMatch(sentence))
  it('may put its own columns between the others', () => expect(changed(c => { c.columns!.splice(3, 0, { key: 'local', title: '医院', to: '/apps/ah340100hospital' }) })).toEqual([]))
  it('tells every fault at once, in the build', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'shell-')), 'shell.json')
    writeFileSync(file, JSON.stringify({ ...hefei, name: '', logo: 'none.svg' }))
    expect(() => readShell(file)).toThrow(/有 2 处不符合全省统一要求：\n {2}· name：.*\n {2}· logo：没有文件 none\.svg/)
  })
})

describe('its mark', () => {
  it('is a plain drawing', () => expect(logoFault('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0"/></svg>')).toBe(''))
  it.each(['<svg viewBox="0 0 1 1"><script>1</script></svg>', '<svg viewBox="0 0 1 1" onload="x()"/>', '<svg viewBox="0 0 1 1"><image href="https://x"/></svg>', '<svg viewBox="0 0 1 1"><foreignObject/></svg>', '<html></html>', '<svg/>'])('is never %s', svg => expect(logoFault(svg)).not.toBe(''))
})

it('its colours hold in the elder version as well', () => expect(themeCss({ primary: '#17504c', accent: '#a6431c' })).toMatch(/^html:root,html:root\[data-ui="elder"\]\{--tile:#17504c;.*--cinnabar:#a6431c/))
it.each([['#ffffff', '#000000', 21], ['#767676', '#ffffff', 4.54], ['#ffffff', '#ffffff', 1]])('the contrast of %s and %s is %d', (a, b, ratio) => expect(contrast(a, b)).toBeCloseTo(ratio, 2))
it('what loads first is followed through imports, not through what comes later', () => {
  const manifest = { a: { file: 'a.js', imports: ['b'], dynamicImports: ['z'], css: ['a.css'] }, b: { file: 'b.js', imports: ['a'] }, z: { file: 'z.js' } }
  expect(filesOf(manifest, ['a', 'b'])).toEqual(['a.js', 'a.css', 'b.js'])
})
