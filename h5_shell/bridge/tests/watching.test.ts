import { describe, expect, it, vi } from 'vitest'
import { watchPage } from '../src/watching'

function watched() {
  const report = vi.fn<(method: string, params: Record<string, unknown>) => Promise<unknown>>(() => Promise.reject(new Error('nobody listens')))
  watchPage(window, report as never)
  return { report, told: () => report.mock.calls.map(([, params]) => params) }
}
const fail = (message: string) => window.dispatchEvent(new ErrorEvent('error', { message, filename: 'https://a.test/js/x.js?id=1#y', lineno: 7 }))

describe('a page that is watched', () => {
  it('tells an error with its place, and nothing that was asked of it', () => {
    const { report, told } = watched()
    fail('坏了')
    expect(report.mock.calls[0]?.[0]).toBe('ah.trace.report')
    expect(told()[0]).toMatchObject({ kind: 'error', name: '坏了', data: { file: 'https://a.test/js/x.js', line: 7 } })
  })
  it('tells the same once and not more than twenty', () => {
    const { told } = watched()
    for (let n = 0; n < 5; n++) fail('again')
    expect(told()).toHaveLength(1)
    for (let n = 0; n < 40; n++) fail(`error ${n}`)
    expect(told()).toHaveLength(20)
  })
  it('tells what the policy blocked', () => {
    const { told } = watched()
    document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), { effectiveDirective: 'connect-src', blockedURI: 'https://evil.test/steal?all=1', sourceFile: 'https://a.test/x.js' }))
    expect(told()).toEqual([expect.objectContaining({ kind: 'blocked', name: 'connect-src', data: { address: 'https://evil.test/steal', file: 'https://a.test/x.js' } })])
  })
})
