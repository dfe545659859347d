// @vitest-environment node
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isReleased } from '@/pieces/miniapps/release'
import { launch, permission } from './launch'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = pair.publicKey.export({ format: 'jwk' }) as JsonWebKey
const GOOD = { sub: 'ah340100gjj', code: 3, floor: 1, exp: Date.now() / 1000 + 3600, scopes: ['device.geolocation', 'auth.ticket', 'pay.request'] }
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
function signed(claims: object, head: object = { alg: 'ES256', typ: 'miniapp-release+jwt' }, key = pair.privateKey) {
  const text = `${part(head)}.${part(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const opened = (release: string, more = {}) => isReleased(launch({ release, jwk, ...more }))

describe('what the shell opens', () => {
  it('is what review released', async () => expect(await opened(signed(GOOD))).toBe(true))
  it('is a trial without a release, said by the server', async () => expect(await opened('', { trial: true })).toBe(true))
  it.each([
    ['nothing signed', ''], ['nonsense', 'a.b.c'], ['another key', signed(GOOD, undefined, other.privateKey)], ['no algorithm', `${part({ alg: 'none', typ: 'miniapp-release+jwt' })}.${part(GOOD)}.`],
    ['another kind of document', signed(GOOD, { alg: 'ES256', typ: 'JWT' })], ['another app', signed({ ...GOOD, sub: 'ah340100ride' })], ['another version', signed({ ...GOOD, code: 2 })],
    ['a version below the floor', signed({ ...GOOD, floor: 4 })], ['what is over', signed({ ...GOOD, exp: 1 })], ['fewer permissions than it asks', signed({ ...GOOD, scopes: ['auth.ticket'] })],
  ])('is never %s', async (_, release) => expect(await opened(release)).toBe(false))
  it('is not a document that was changed', async () => {
    const [head, , mark] = signed(GOOD).split('.')
    expect(await opened(`${head}.${part({ ...GOOD, scopes: [...GOOD.scopes, 'device.camera'] })}.${mark}`, { permissions: [permission('device.camera')] })).toBe(false)
  })
  it('may ask for what review withheld, as long as nobody gave it', async () => expect(await opened(signed(GOOD), { permissions: [permission('device.camera', { approved: false })] })).toBe(true))
})
