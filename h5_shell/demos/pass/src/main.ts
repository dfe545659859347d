/** 黄山旅游年卡: a WeChat page as its city wrote it; only who signs in is asked of 万事. */
import { Refusal, call, signIn } from './back-end'
import { cropped } from './photo'
import './style.css'
import { configure, here, picture, scanned, share } from './weixin'

interface Context { uiStyle: string }
interface Wanshi {
  ready: Promise<Context>
  on: (name: 'uiStyle', told: (style: string) => void) => void
  auth: { getTicket: () => Promise<{ ticket: string }> }
  ui: { setTitle: (p: { title: string }) => Promise<unknown> }
}
interface Entry { spot: string; day: string; time: string }
interface Card { number: string; until: string; photo: string; entries: Entry[] }
interface Spot { name: string; address: string; metres: number }

const { wanshi } = window as unknown as { wanshi: Wanshi }
const get = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T
let chosen = ''
let configured: Promise<void> | null = null

const dress = (style: string) => { document.documentElement.dataset.ui = style === 'elder' ? 'elder' : 'normal' }
void wanshi.ready.then(context => dress(context.uiStyle), () => undefined)
wanshi.on('uiStyle', dress)
void wanshi.ui.setTitle({ title: '黄山旅游年卡' }).catch(() => undefined)

/** The page is signed once, when the container is first needed; a refused one is tried again. */
function container(): Promise<void> {
  configured ??= configure().catch(error => {
    configured = null
    throw error
  })
  return configured
}

function row(name: string, more: string, end = ''): HTMLLIElement {
  const li = document.createElement('li')
  const said = document.createElement('span')
  said.append(Object.assign(document.createElement('b'), { textContent: name }), Object.assign(document.createElement('small'), { textContent: more }))
  li.append(said)
  if (end) li.append(Object.assign(document.createElement('em'), { textContent: end }))
  return li
}

async function busy(id: string, work: () => Promise<void>): Promise<void> {
  const button = get<HTMLButtonElement>(id)
  button.disabled = true
  get('trouble').textContent = ''
  try {
    await work()
  } catch (error) {
    get('trouble').textContent = (error as Error).message
    get('trouble').scrollIntoView({ block: 'center' })
  }
  button.disabled = false
}

function showEntries(entries: Entry[]) {
  get('entries').replaceChildren(...(entries.length ? entries.map(e => row(e.spot, e.day, e.time)) : [row('还没有入园记录', '扫景区入口的二维码即可入园')]))
}

function showCard(card: Card) {
  get('welcome').hidden = get('apply').hidden = true
  get('mine').hidden = false
  get('number').textContent = card.number
  get('until').textContent = card.until
  get<HTMLImageElement>('face').src = card.photo
  showEntries(card.entries)
  get('mine-title').focus()
  void container().then(() => share('黄山旅游年卡', '一张卡，五处景区，一整年')).catch(() => undefined)
}

get('sign-in').addEventListener('click', () => busy('sign-in', async () => {
  const { ticket } = await wanshi.auth.getTicket()
  await signIn(ticket)
  const card = await call<Card>('GET', '/card').catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 404) return null
    throw error
  })
  if (card) return showCard(card)
  get('welcome').hidden = true
  get('apply').hidden = false
  get('apply-title').focus()
}))

get('choose').addEventListener('click', () => busy('choose', async () => {
  await container()
  chosen = await cropped(await picture())
  Object.assign(get<HTMLImageElement>('photo'), { src: chosen, hidden: false })
  get('no-photo').hidden = true
  get<HTMLButtonElement>('issue').disabled = false
}))

get('issue').addEventListener('click', () => busy('issue', async () => { showCard(await call<Card>('POST', '/cards', { photo: chosen })) }))

get('scan').addEventListener('click', () => busy('scan', async () => {
  get('entered').textContent = ''
  await container()
  const entry = await call<Entry>('POST', '/entries', { gate: await scanned() })
  get('entered').textContent = `已入园：${entry.spot}，${entry.time}`
  showEntries((await call<Card>('GET', '/card')).entries)
}))

get('near').addEventListener('click', () => busy('near', async () => {
  await container()
  const { longitude, latitude } = await here()
  const { spots } = await call<{ spots: Spot[] }>('POST', '/spots', { longitude, latitude })
  get('spots').replaceChildren(...spots.map(s => row(s.name, s.address, s.metres < 1000 ? `${s.metres} 米` : `${Math.round(s.metres / 1000)} 公里`)))
}))
