import { describe, expect, it } from 'vitest'
import { decide, fromHash } from '@/router/guard'
import { safeBack } from '@/shell/back'

const stranger = { signedIn: false, tier: 0 }
const to = (meta: object, fullPath = '/licences/l1') => ({ meta, fullPath }) as never

describe('a deep link', () => {
  it('sends a stranger to sign in and remembers where they wanted to go', () => {
    expect(decide(to({ signIn: true }), stranger)).toEqual({ path: '/sign-in', query: { back: '/licences/l1' } })
    expect(decide(to({ tier: 1 }), stranger)).toMatchObject({ path: '/sign-in' })
  })
  it('sends somebody whose tier is too low to the tier page', () => {
    expect(decide(to({ tier: 2 }), { signedIn: true, tier: 1 })).toEqual({ path: '/tier', query: { need: '2', back: '/licences/l1' } })
  })
  it('opens public pages for anybody and guarded ones for who may', () => {
    expect(decide(to({}), stranger)).toBe(true)
    expect(decide(to({ tier: 2 }), { signedIn: true, tier: 2 })).toBe(true)
  })
})

describe('a return address', () => {
  it('never leaves this app', () => {
    for (const bad of ['https://evil.example', '//evil.example', '/\\evil.example', undefined, ['/a']]) expect(safeBack(bad, '/x')).toBe('/x')
    expect(safeBack('/cases?x=1')).toBe('/cases?x=1')
  })
  it('is understood as a fragment, as gateways write it', () => {
    expect(fromHash('#/pay/result/O1')).toBe('/pay/result/O1')
    expect(fromHash('#//evil.example')).toBeNull()
    expect(fromHash('#top')).toBeNull()
  })
})
