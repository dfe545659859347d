// The person between a relying party and the provider: a browser with cookies, and our page's API.

/** A browser in which somebody signed in; it goes where it is sent and approves what is asked. */
export class Person {
  constructor({ cookies, bearer, api }) {
    this.cookies = { ...cookies }
    this.bearer = bearer
    this.api = api
  }

  get cookie() {
    return Object.entries(this.cookies).map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Follow one address; answers where the provider sends the browser. */
  async visit(url, options = {}) {
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie: this.cookie }, ...options })
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      if (value && value !== '""') this.cookies[name] = value
      else delete this.cookies[name]
    }
    const location = reply.headers.get('location')
    if (!location) throw new Error(`${reply.status} ${await reply.text()}`)
    return new URL(location)
  }

  /** The waiting request as our page shows it. */
  async shown(page) {
    const reply = await fetch(`${this.api}/oauth/interactions/${page.pathname.split('/').pop()}`, {
      headers: { cookie: this.cookie, authorization: this.bearer },
    })
    return reply.json()
  }

  async decide(page, decision) {
    const reply = await fetch(`${this.api}/oauth/interactions/${page.pathname.split('/').pop()}/decision`, {
      method: 'POST',
      body: JSON.stringify({ decision }),
      headers: { cookie: this.cookie, authorization: this.bearer, 'content-type': 'application/json' },
    })
    return { reply, body: await reply.json() }
  }

  /** Go where a relying party sends the browser, approving on the way; answers the way back. */
  async approve(url) {
    const location = await this.visit(url)
    if (!location.pathname.startsWith('/authorise/')) return location
    const { reply, body } = await this.decide(location, 'approve')
    if (!reply.ok) throw new Error(JSON.stringify(body))
    return new URL(body.redirect_to)
  }
}
