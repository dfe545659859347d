import { createGuest } from '../../bridge/src/guest'

const wanshi = createGuest(window)
const out = document.getElementById('o') as HTMLElement
const say = (x: unknown) => { out.textContent = JSON.stringify(x, null, 1) }
const on = (id: string, f: () => Promise<unknown>) => document.getElementById(id)?.addEventListener('click', () => { f().then(say, (e: Error) => say(String(e))) })
void wanshi.ready.then(say)
on('t', wanshi.auth.getTicket)
on('n', () => wanshi.ui.setTitle('我的公积金'))
on('c', wanshi.ui.close)
