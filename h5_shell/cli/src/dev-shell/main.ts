import { BridgeHost, type Call, type Gate } from '@wanshi/bridge/host'
import { BridgeRefusal, codes } from '@wanshi/bridge/protocol'
import { handlersFor } from './handlers'
import { DIALECTS, REGIONS, remember, remembered, type Settings } from './settings'
import './style.css'

interface Manifest { appid: string; name: string; entry: string; version: { name: string; code: number }; permissions?: { scope: string; reason: string }[]; compat?: { base_alias?: string[] }; routes?: { path: string; title: string }[] }
const told = document.getElementById('manifest')?.textContent ?? '{}'
const { manifest, origin } = JSON.parse(told) as { manifest: Manifest; origin: string }
const settings = remembered(manifest.appid.slice(2, 8))
const agreed = new Set<string>()
function make<K extends keyof HTMLElementTagNameMap>(tag: K, props: Record<string, unknown> = {}, holds: (Node | string)[] = []): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props)
  element.append(...holds)
  return element
}
const frame = make('iframe', { title: manifest.name })
frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms')
const title = make('h1', { textContent: manifest.name })
const said = make('p', { className: 'said' })
said.setAttribute('role', 'status')
const calls = make('ol', { className: 'calls' })

function say(text: string) { said.textContent = text }
function noted(text: string, kind: 'well' | 'refused') {
  calls.prepend(make('li', { className: kind, textContent: `${new Date().toLocaleTimeString('zh-CN', { hour12: false })}  ${text}` }))
  while (calls.children.length > 200) calls.lastChild?.remove()
}
const gate: Gate = {
  declared: scope => (manifest.permissions ?? []).some(p => p.scope === scope),
  approved: () => true,
  consent(call: Call) {
    if (settings.consent === 'yes' || agreed.has(call.scope)) return Promise.resolve()
    const reason = manifest.permissions?.find(p => p.scope === call.scope)?.reason ?? ''
    if (settings.consent === 'no' || !window.confirm(`“${manifest.name}”申请：${call.scope}\n${reason}`)) return Promise.reject(new BridgeRefusal(codes.refused, '用户没有同意', call.scope))
    agreed.add(call.scope)
    return Promise.resolve()
  },
  verify: () => Promise.resolve({ done: false }),
  gesture: call => (window.confirm(`“${manifest.name}”想要执行 ${call.method}，继续吗？`) ? Promise.resolve() : Promise.reject(new BridgeRefusal(codes.gestureNeeded, '需要用户点一下'))),
}
const host = new BridgeHost({
  window, origin, frame: () => frame.contentWindow, gate,
  context: () => ({
    appid: manifest.appid, version: manifest.version.name, platform: 'wanshi', uiStyle: settings.elder ? 'elder' : 'normal', locale: 'zh-CN', trial: true,
    region: { code: settings.region, name: REGIONS[settings.region] ?? '' }, scopes: (manifest.permissions ?? []).map(p => p.scope),
  }),
  handlers: handlersFor({ settings: () => settings, title: text => { title.textContent = text }, say, close: () => { frame.src = 'about:blank'; say('应用已关闭，点“重新打开”再来') } }),
  onConnected: () => noted('应用已连上', 'well'),
  onCall: ({ method, dialect, code, ms }) => noted(`${method}${dialect && `（${dialect}）`} ${code || '成功'} ${ms.toFixed(0)} 毫秒`, code ? 'refused' : 'well'),
})

function reopen(path = manifest.entry) {
  title.textContent = manifest.name
  const base = manifest.compat?.base_alias?.[0] ?? `/v/${manifest.version.code}/`
  const at = new URL(`${origin}${base}${path}`)
  if (settings.dialect) at.searchParams.set('__dialect', settings.dialect)
  frame.src = at.href
}
function change(next: Partial<Settings>, again: boolean) {
  Object.assign(settings, next)
  remember(settings)
  host.emit('uiStyle', settings.elder ? 'elder' : 'normal')
  host.emit('region', { code: settings.region, name: REGIONS[settings.region] ?? '' })
  host.emit('network', { type: settings.offline ? 'none' : 'wifi', online: !settings.offline })
  if (again) reopen()
}
function choice<V extends string>(label: string, options: Record<string, string>, value: V, pick: (value: V) => void) {
  const select = make('select', {}, Object.entries(options).map(([key, text]) => make('option', { value: key, textContent: text })))
  select.value = value
  select.onchange = () => pick(select.value as V)
  return make('label', {}, [label, select])
}
function flag(label: string, on: boolean, pick: (on: boolean) => void) {
  const box = make('input', { type: 'checkbox', checked: on })
  box.onchange = () => pick(box.checked)
  return make('label', { className: 'flag' }, [box, label])
}
const pages = Object.fromEntries([[manifest.entry, '入口'], ...(manifest.routes ?? []).map(r => [r.path, r.title])]) as Record<string, string>
const side = make('aside', {}, [
    make('h2', { textContent: `${manifest.name} ${manifest.version.name}` }), make('p', { className: 'quiet', textContent: `${manifest.appid} · 调试外壳，数据都是假的` }),
    choice('页面', pages, manifest.entry, path => reopen(path)),
    choice('容器方言', DIALECTS, settings.dialect, dialect => change({ dialect }, true)),
    choice('地区', REGIONS, settings.region, region => change({ region }, false)),
    choice('实名等级', { 0: '没有登录', 1: '初级', 2: '中级', 3: '高级' }, String(settings.tier), tier => change({ tier: Number(tier) }, false)),
    choice('权限', { ask: '每次问我', yes: '总是同意', no: '总是拒绝' }, settings.consent, consent => { agreed.clear(); change({ consent }, false) }),
    flag('长辈版', settings.elder, elder => change({ elder }, false)), flag('断网（只通知应用）', settings.offline, offline => change({ offline }, false)),
    make('button', { type: 'button', textContent: '重新打开', onclick: () => reopen() }), said, make('h3', { textContent: '调用记录' }), calls,
])
document.getElementById('root')?.append(make('main', {}, [make('header', {}, [title]), frame]), side)
reopen()
new EventSource('/changes').addEventListener('changed', () => { say('文件有变化，已刷新'); location.reload() })
