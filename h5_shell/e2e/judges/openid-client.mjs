// npm openid-client, the certified relying party, judges our provider. tests/judges starts this
// with one line of JSON on stdin; every check is answered with one line of JSON on stdout. What
// only the other side can do (raise a tier, run the outbox) is asked for with {"ask": …}.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import * as jose from 'jose'
import * as oidc from 'openid-client'
import { Person } from './person.mjs'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = words => process.stdout.write(`${JSON.stringify(words)}\n`)
const ask = async what => {
  say({ ask: what })
  return JSON.parse((await lines.next()).value)
}
const world = JSON.parse((await lines.next()).value)
const plain = { execute: [oidc.allowInsecureRequests] }

const same = (got, wanted, about) => {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${about}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`)
  }
}
const refused = async (promise, wanted) => {
  const error = await promise.then(() => ({ error: 'nothing was refused' }), e => e)
  same(error.error ?? error.cause?.error ?? error.message, wanted, 'refusal')
}

async function party(name) {
  const { client_id: id, secret, jwk } = world.clients[name]
  const auth = jwk
    ? oidc.PrivateKeyJwt({ key: await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']), kid: jwk.kid })
    : { basic: oidc.ClientSecretBasic, post: oidc.ClientSecretPost, open: oidc.None }[name](secret)
  return oidc.discovery(new URL(world.issuer), id, { id_token_signed_response_alg: 'ES256' }, auth, plain)
}

/** One whole log-in; `how` may push it, bind it and add parameters. */
async function login(config, person, { par = false, dpop, exact = {}, ...asked } = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const parameters = {
    redirect_uri: world.redirect_uri, scope: 'openid', state: expectedState, nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', ...asked,
  }
  const url = par
    ? await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP: dpop })
    : oidc.buildAuthorizationUrl(config, parameters)
  const back = await person.approve(url)
  return oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState, expectedNonce, ...exact }, undefined, { DPoP: dpop })
}

const CHECKS = {
  async 'discovery names the issuer and its endpoints'() {
    const told = (await party('basic')).serverMetadata()
    same(told.issuer, world.issuer, 'issuer')
    for (const needed of ['supportsPKCE']) same(told[needed](), true, needed)
    same(told.authorization_response_iss_parameter_supported, true, 'iss')
  },
  async 'code, PKCE, state, nonce and iss with client_secret_basic'() {
    const tokens = await login(await party('basic'), new Person(world.person))
    same(tokens.claims().iss, world.issuer, 'iss')
  },
  async 'client_secret_post'() { await login(await party('post'), new Person(world.person)) },
  async 'private_key_jwt'() { await login(await party('signed'), new Person(world.person)) },
  async 'a public client'() { await login(await party('open'), new Person(world.person)) },
  async 'pushed authorisation request'() { await login(await party('basic'), new Person(world.person), { par: true }) },
  async 'userinfo of the same subject, with consented claims'() {
    const config = await party('basic')
    const tokens = await login(config, new Person(world.person), { scope: 'openid profile tier' })
    const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
    same([info.name, info.tier], ['李*轩', 1], 'claims')
  },
  async 'refresh rotates and keeps the subject'() {
    const config = await party('basic')
    const first = await login(config, new Person(world.person), { scope: 'openid offline_access' })
    const second = await oidc.refreshTokenGrant(config, first.refresh_token)
    same(second.claims().sub, first.claims().sub, 'sub')
    same(second.refresh_token === first.refresh_token, false, 'rotation')
  },
  async 'a refresh token used again ends the family'() {
    const config = await party('basic')
    const first = await login(config, new Person(world.person), { scope: 'openid offline_access' })
    const second = await oidc.refreshTokenGrant(config, first.refresh_token)
    await ask({ wait_s: 6 })
    await refused(oidc.refreshTokenGrant(config, first.refresh_token), 'invalid_grant')
    await refused(oidc.refreshTokenGrant(config, second.refresh_token), 'invalid_grant')
  },
  async 'introspection tells the owner, revocation ends it'() {
    const config = await party('basic')
    const tokens = await login(config, new Person(world.person), { scope: 'openid offline_access' })
    same((await oidc.tokenIntrospection(config, tokens.access_token)).active, true, 'before')
    await oidc.tokenRevocation(config, tokens.refresh_token)
    same((await oidc.tokenIntrospection(config, tokens.access_token)).active, false, 'after')
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token), 'invalid_grant')
  },
  async 'DPoP: bound token, userinfo, refresh; a stranger’s key is refused'() {
    const config = await party('open')
    const dpop = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    const tokens = await login(config, new Person(world.person), { par: true, dpop, scope: 'openid offline_access' })
    same(tokens.token_type, 'dpop', 'type')
    await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP: dpop })
    const stranger = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: stranger }), 'invalid_dpop_proof')
    await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: dpop })
  },
  async 'prompt=none succeeds silently, and says what is missing'() {
    const config = await party('basic')
    await login(config, new Person(world.person), { prompt: 'none' })
    await refused(login(config, new Person({ ...world.person, cookies: {} }), { prompt: 'none' }), 'login_required')
  },
  async 'max_age and auth_time'() {
    const tokens = await login(await party('basic'), new Person(world.person), { max_age: '3600', exact: { maxAge: 3600 } })
    same(typeof tokens.claims().auth_time, 'number', 'auth_time')
  },
  async 'client credentials of a machine'() {
    const tokens = await oidc.clientCredentialsGrant(await party('post'), { scope: 'test.read' })
    same(tokens.scope, 'test.read', 'scope')
  },
  async 'step-up: the tier that is asked for arrives after the proof'() {
    const config = await party('basic')
    const person = new Person(world.person)
    const acr = 'urn:wanshi:acr:t2'
    const verifier = oidc.randomPKCECodeVerifier()
    const state = oidc.randomState()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: world.redirect_uri, scope: 'openid', state, acr_values: acr,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    })
    const page = await person.visit(url)
    const told = await person.shown(page)
    same([told.step, told.required_tier], ['step_up', 2], 'page')
    const { reply } = await person.decide(page, 'approve')
    same(/insufficient_user_authentication.*t2/.test(reply.headers.get('www-authenticate')), true, 'RFC 9470')
    await ask('raise the tier')
    const { body } = await person.decide(page, 'approve')
    const tokens = await oidc.authorizationCodeGrant(config, new URL(body.redirect_to), { pkceCodeVerifier: verifier, expectedState: state })
    same(tokens.claims().acr, acr, 'acr')
  },
  async 'RP-initiated logout ends the session, and the back channel hears of it'() {
    const config = await party('basic')
    const person = new Person(world.person)
    const tokens = await login(config, person)
    const heard = new Promise(resolve => {
      const server = createServer((request, response) => {
        let body = ''
        request.on('data', chunk => { body += chunk })
        request.on('end', () => { response.writeHead(200).end(); server.close(); resolve(new URLSearchParams(body).get('logout_token')) })
      }).listen(world.backchannel_port, '127.0.0.1')
    })
    const left = await person.visit(oidc.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: world.after, state: 'bye' }))
    same(left.href, `${world.after}?state=bye`, 'where it leads')
    await ask('deliver')
    const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri))
    const { payload } = await jose.jwtVerify(await heard, keys, { issuer: world.issuer, audience: world.clients.basic.client_id, typ: 'logout+jwt' })
    same([payload.sid, payload.sub], [tokens.claims().sid, tokens.claims().sub], 'whose session')
    same(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} }, 'events')
    await refused(login(config, person, { prompt: 'none' }), 'login_required')
  },
}

for (const [name, run] of Object.entries(CHECKS)) {
  try {
    await run()
    say({ check: name, ok: true })
  } catch (error) {
    say({ check: name, ok: false, error: `${error.message} ${error.cause ? JSON.stringify(error.cause) : ''}` })
  }
}
say({ done: true })
process.exit(0)
