import { describe, expect, it } from 'vitest'
import { deepLink, insideOf, pageIn } from '@/pieces/miniapps/deep-link'
import { launch } from './launch'

const opened = launch()
const O = opened.origin
const SHELL = 'https://shell.miniapp.example'

describe('an address inside an app', () => {
  it.each([
    ['', {}, '', `${O}/v/3/index.html`],
    ['apply/new', {}, '', `${O}/v/3/apply/new`],
    ['apply.html', { id: '7', over: '1', trial: 'x' }, '#step', `${O}/v/3/apply.html?id=7#step`],
    ['', { tab: 'a b' }, '#/me', `${O}/v/3/index.html?tab=a+b#/me`],
  ])('opens %s %o %s', (path, query, hash, page) => expect(pageIn(opened, path, query, hash)).toBe(page))
  it.each(['../../../etc', '..%2f..%2fv/9/x', '//evil.example/x', 'https://evil.example/', '../../9/index.html', '\\\\evil.example', 'javascript:alert(1)'])('stays in the opened version for %s', path => {
    const page = new URL(pageIn(opened, path, {}, ''))
    expect(page.origin).toBe(O)
    expect(decodeURIComponent(page.pathname).replaceAll('\\', '/').startsWith('/v/3/')).toBe(true)
  })
  it('keeps an array of values out of the address', () => expect(pageIn(opened, '', { a: ['1', '2'] }, '')).toBe(opened.url))
})

describe('what is shared of an app', () => {
  it.each([[`${O}/v/3/apply.html?id=7#s`, 'apply.html?id=7#s'], ['apply.html', 'apply.html'], [opened.url, ''], ['', '']])('%s is %s', (address, inside) => expect(insideOf(address, opened)).toBe(inside))
  it.each(['https://evil.example/v/3/a', `${O}/v/4/a`, `${O}/other`, 'http://[', 7, null])('is never %s', address => expect(insideOf(address, opened)).toBe(''))
  it('leads back to the same page', () => {
    const link = new URL(deepLink(SHELL, opened.app.appid, insideOf(`${O}/v/3/apply.html?id=7#s`, opened)))
    const query = Object.fromEntries(link.searchParams)
    expect(pageIn(opened, link.pathname.split('/').slice(3).join('/'), query, link.hash)).toBe(`${O}/v/3/apply.html?id=7#s`)
  })
})
