/** 滁州村务: notices for everybody; who reports a problem signs in and sees how it goes on. */
import { Refusal, call, signIn, signedIn } from './back-end'
import { authCode, here, photo, titled } from './dingtalk'
import { cropped } from './photo'
import './style.css'

interface Notice { id: string; title: string; kind: string; day: string; text: string }
interface Report { number: string; kind: string; text: string; photo: string; at: string; steps: { name: string; done: boolean; now: boolean }[] }
interface Wanshi { ready: Promise<{ uiStyle: string }>; on: (name: 'uiStyle', told: (style: string) => void) => void }

const PAGES = ['notices', 'report', 'mine']
const { wanshi } = window as unknown as { wanshi?: Wanshi }
const get = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T
const made = <K extends keyof HTMLElementTagNameMap>(tag: K, props: Partial<HTMLElementTagNameMap[K]>, ...inside: (Node | string)[]) => {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...inside)
  return node
}
let picture = ''
let place: { longitude: number; latitude: number } | null = null

const dress = (style: string) => { document.documentElement.dataset.ui = style === 'elder' ? 'elder' : 'normal' }
void wanshi?.ready.then(context => dress(context.uiStyle), () => undefined)
wanshi?.on('uiStyle', dress)
void titled('滁州村务').catch(() => undefined)

const complain = (error: unknown) => {
  get('trouble').textContent = error ? (error as Error).message : ''
  if (error) get('trouble').scrollIntoView({ block: 'center' })
}
async function busy(button: HTMLButtonElement, work: () => Promise<void>) {
  button.disabled = true
  complain(null)
  await work().catch(complain)
  button.disabled = false
}
async function known() {
  if (!signedIn()) await signIn(await authCode())
}

function notice(n: Notice) {
  const head = made('summary', {}, made('h2', { textContent: n.title }), made('small', {}, made('em', { textContent: n.kind }), n.day))
  return made('details', { className: 'card' }, head, made('p', { textContent: n.text }))
}
async function showNotices() {
  const { notices } = await call<{ notices: Notice[] }>('GET', '/notices')
  get('notices').replaceChildren(...notices.map(notice))
  get('notices').removeAttribute('aria-busy')
}

function report(r: Report) {
  const steps = made('ol', {}, ...r.steps.map(s => {
    const li = made('li', { textContent: s.name, className: s.done ? 'done' : '' })
    if (s.now) li.setAttribute('aria-current', 'step')
    return li
  }))
  const head = made('p', { className: 'meta' }, made('em', { textContent: r.kind }), made('span', { textContent: r.at }), made('span', { textContent: r.number }))
  return made('article', { className: 'card' }, head, made('h2', { textContent: r.text }), made('img', { src: r.photo, alt: '上报时的照片' }), steps)
}
async function showReports() {
  await known()
  const { reports } = await call<{ reports: Report[] }>('GET', '/reports')
  get('reports').replaceChildren(...(reports.length ? reports.map(report)
    : [made('p', { className: 'empty', textContent: '还没有上报过问题。看到村里哪里坏了，点“随手报”告诉我们。' })]))
}

function turn() {
  const asked = location.hash.slice(1)
  const page = PAGES.includes(asked) ? asked : 'notices'
  complain(null)
  PAGES.forEach(name => { get(`page-${name}`).hidden = name !== page })
  document.querySelectorAll('nav a').forEach(a => {
    if (a.getAttribute('href') === `#${page}`) a.setAttribute('aria-current', 'page')
    else a.removeAttribute('aria-current')
  })
  if (page === 'mine') void showReports().catch(complain)
}

get<HTMLButtonElement>('photo').addEventListener('click', event => busy(event.currentTarget as HTMLButtonElement, async () => {
  picture = await cropped(await photo())
  Object.assign(get<HTMLImageElement>('shown'), { src: picture, hidden: false })
}))
get<HTMLButtonElement>('place').addEventListener('click', event => busy(event.currentTarget as HTMLButtonElement, async () => {
  get('where').textContent = '正在定位…'
  place = await here().catch(error => {
    get('where').textContent = ''
    throw error
  })
  get('where').textContent = `已标上位置：${place.longitude.toFixed(4)}，${place.latitude.toFixed(4)}`
}))

get<HTMLFormElement>('form').addEventListener('submit', event => {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  void busy((event as SubmitEvent).submitter as HTMLButtonElement, async () => {
    const kind = new FormData(form).get('kind')
    const text = get<HTMLTextAreaElement>('text').value.trim()
    if (!kind) throw new Refusal(422, '请选择是哪一类问题。')
    if (text.length < 5) throw new Refusal(422, '请用至少 5 个字说说情况。')
    if (!picture) throw new Refusal(422, '请选一张照片。')
    if (!place) throw new Refusal(422, '请标上位置，处理的人才找得到。')
    await known()
    await call<Report>('POST', '/reports', { kind, text, photo: picture, longitude: place.longitude, latitude: place.latitude })
    form.reset()
    get('shown').hidden = true
    get('where').textContent = picture = ''
    place = null
    location.hash = 'mine'
    get('t-mine').focus()
  })
})

window.addEventListener('hashchange', turn)
turn()
void showNotices().catch((error: unknown) => {
  get('notices').replaceChildren(made('p', { className: 'empty', textContent: '公告没有加载出来，请稍后再打开。' }))
  complain(error)
})
