// One case to review, made the way a resident makes it: through the public API.
//   PUBLIC=http://127.0.0.1:8900 node dev/make-case.mjs [login] [item name]
import { existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const base = `${process.env.PUBLIC ?? 'http://127.0.0.1:8800'}/api/v1`
const [login = '13900000002', wanted = '公共租赁住房保障资格申请'] = process.argv.slice(2)
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

/** A sheet of paper somebody might photograph; clearly a sample. */
async function paper(page, name, who) {
  await page.setContent(`<body style="margin:0;background:#8d8677"><div style="margin:46px auto;width:640px;height:860px;background:#fbfaf5;padding:60px;
    box-sizing:border-box;font:20px/2.1 'Noto Serif CJK SC',serif;transform:rotate(-1.2deg);box-shadow:0 10px 40px #0007">
    <h1 style="text-align:center;font-size:34px;letter-spacing:.3em">${name}</h1><p>兹证明 <u>&nbsp;${who}&nbsp;</u> 同志系我单位职工，所填情况属实。</p>
    <p>本材料仅用于演示环境测试，不具有任何效力。</p><p style="text-align:right;margin-top:200px">谯城区某某单位（演示）<br>2026年11月20日</p>
    <div style="position:absolute;right:80px;bottom:120px;width:150px;height:150px;border:5px solid #c33;border-radius:50%;color:#c33;display:grid;place-items:center;opacity:.75">演 示 章</div></div>`)
  return new Uint8Array(await page.screenshot({ type: 'jpeg', quality: 82 }))
}

token = (await call('POST', '/sessions', { login, password: 'Wanshi-Demo-2026' })).access_token
const { hits } = await call('GET', `/search?q=${encodeURIComponent(wanted)}`)
const code = hits.find(h => h.kind === 'item' && h.title === wanted)?.code
if (!code) throw new Error(`no item is called ${wanted}`)

let draft = await call('POST', '/cases/drafts', { item_code: code })
const own = {
  monthly_income: 4200, present_housing: '租房', household_no: '演示户号', household_address: '亳州市谯城区演示路 1 号', household_size: 2,
  household_members: '本人', property_count: 0, property_area: 0, vehicle_count: 0, promise: true, reason: '遗失', present_address: '谯城区演示路 1 号', left_on: '2026-10-01',
}
const data = { ...draft.data }
for (const name of draft.ui_schema.order) if (data[name] === undefined && name in own) data[name] = own[name]
await call('PUT', `/drafts/${draft.id}`, { data }, { 'if-match': `"${draft.version}"` })

const browser = await chromium.launch({ executablePath: binary, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 760, height: 980 }, deviceScaleFactor: 1.5 })
for (const m of draft.materials) {
  const name = encodeURIComponent(`${m.name}.jpg`)
  await call('PUT', `/drafts/${draft.id}/materials/${m.code}?name=${name}`, await paper(page, m.name, data.name ?? '本人'))
}
await browser.close()
const made = await call('POST', '/cases', { draft_id: draft.id }, { 'idempotency-key': randomUUID() })
console.log(made.case_no)
