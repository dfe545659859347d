// One thing that several authorities handle at once, made the way a resident makes it.
//   PUBLIC=http://127.0.0.1:8800 node dev/make-bundle.mjs [theme] [region]        Prints its number.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = `${process.env.PUBLIC ?? 'http://127.0.0.1:8800'}/api/v1`
const [theme = 'company-start', region = '341602'] = process.argv.slice(2)
const ANSWERS = { 'company-start': { trade: 'supermarket', area: 120, staff: 'yes' }, birth: { mother_works: 'yes' } }
const binary = [process.env.CHROMIUM, fileURLToPath(new URL('../../../var/assets/bin/chromium', import.meta.url))].find(p => p && existsSync(p))
let token = ''
async function call(method, path, body, headers = {}) {
  const raw = body instanceof Uint8Array
  const reply = await fetch(base + path, {
    method, body: raw ? body : body === undefined ? undefined : JSON.stringify(body),
    headers: { ...(body === undefined ? {} : { 'content-type': raw ? 'image/jpeg' : 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${method} ${path} → ${reply.status} ${text}`)
  return text ? JSON.parse(text) : undefined
}
/** Something that fits a field which nobody vouched for. */
function fitting(property) {
  if (property.const !== undefined) return property.const
  if (property.enum) return property.enum[0]
  if (property.type === 'boolean') return true
  if (property.type === 'integer' || property.type === 'number') return Math.max(property.minimum ?? 0, 10)
  if (property.format === 'date') return '2026-12-01'
  return '亳州市谯城区演示路 8 号'
}

token = (await call('POST', '/sessions', { login: '13900000002', password: 'Wanshi-Demo-2026' })).access_token
const { version } = await call('GET', `/themes/${theme}`)
const { bundle_no } = await call('POST', `/themes/${theme}/bundles`, { region, version, answers: ANSWERS[theme] ?? {} })
let bundle = await call('GET', `/bundles/${bundle_no}`)
const { schema, data, papers } = bundle.filling
const own = Object.fromEntries(Object.entries(schema.properties).filter(([key]) => data[key] === undefined).map(([key, p]) => [key, fitting(p)]))
await call('PUT', `/bundles/${bundle_no}`, { data: { ...data, ...own } }, { 'if-match': `"${bundle.version}"` })
const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 760, height: 980 } })
for (const { key, material } of papers) {
  await page.setContent(`<body style="margin:60px;font:22px/2 serif"><h1>${material.name}</h1><p>仅用于演示环境，不具有任何效力。</p></body>`)
  await call('PUT', `/bundles/${bundle_no}/materials/${encodeURIComponent(key)}?name=${encodeURIComponent(`${material.name}.jpg`)}`, new Uint8Array(await page.screenshot({ type: 'jpeg', quality: 82 })))
}
await browser.close()
bundle = await call('GET', `/bundles/${bundle_no}`)
await call('POST', `/bundles/${bundle_no}/filing`, { agreed: true, address: { name: '王秀兰', phone: '13900000002', address: '亳州市谯城区薛阁街道演示路 8 号' } }, { 'if-match': `"${bundle.version}"` })
console.log(bundle_no)
