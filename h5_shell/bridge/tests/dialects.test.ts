// @vitest-environment node
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { onGrid } from '../src/coordinates'
import { unsupported } from '../src/dialects/adapter'
import { NUMBERS, numbers } from '../src/errors'
import { alipay } from '../src/prelude/alipay'
import { plain, run } from '../src/prelude/calling'
import { croods } from '../src/prelude/croods'
import { dingtalk } from '../src/prelude/dingtalk'
import { md5 } from '../src/prelude/md5'
import { Page, type Config } from '../src/prelude/page'
import { standIn } from '../src/prelude/scripts'
import { comesBack, withTicket } from '../src/prelude/sso'
import { homeward } from '../src/prelude/surroundings'
import { weixin } from '../src/prelude/weixin'
import { zwjs } from '../src/prelude/zwjs'
import { codes } from '../src/protocol'
import { NAMES } from '../src/table'
import type { Location } from '../src/methods'

const ORIGIN = 'https://ah340100gjj.miniapp.example'
function page(config: Partial<Config> = {}): Page {
  const self = { location: new URL(`${ORIGIN}/v/3/index.html?a=1#/x`), navigator: { userAgent: 'x' }, localStorage: { getItem: () => 'kept' } }
  const said = { appid: 'a', code: 3, dialects: [], ua: [], scriptMap: {}, hostMap: {}, baseAlias: [], shellOrigin: '', ...config }
  return new Page(self as never, said, {} as never)
}

// An address of another origin for what opens one, bytes for what saves some.
const PARAMS = { url: 'https://other.example/', path: 'data:,x', src: 'data:,x', img: 'data:,x', number: '1', param: { url: 'https://other.example' } }

describe('every name of the table', () => {
  const made = { zwjs, croods, alipay, dingtalk, weixin }
  const wire = new Set(['geoLocation', 'getBrandWCPayRequest', 'imagePreview'])
  it.each(Object.keys(made) as (keyof typeof made)[])('of %s has an adapter', dialect => {
    const known = made[dialect](page())
    expect(Object.keys(NAMES[dialect]).filter(name => !(name in known) && !wire.has(name))).toEqual([])
  })
  it('that asks for nothing we cannot do asks for the method the table says', async () => {
    const wrong: string[] = []
    for (const dialect of Object.keys(made) as (keyof typeof made)[]) {
      for (const [name, method] of Object.entries(NAMES[dialect])) {
        const asked: string[] = []
        const ask = ((m: string) => { asked.push(m); return Promise.reject(new Error('enough')) }) as never
        const adapter = made[dialect](page())[name]
        if (!adapter || adapter === unsupported) continue
        await adapter(ask, { ...PARAMS }).catch(() => undefined)
        if (asked.length && asked[0] !== method) wrong.push(`${dialect} ${name}: ${asked[0]}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('the table of errors', () => {
  it('has a number of each dialect for every code, and a fault for what it does not know', () => {
    expect(Object.keys(NUMBERS).sort()).toEqual(Object.values(codes).sort())
    expect(numbers('toString')).toBe(NUMBERS[codes.failed])
  })
})

describe('a vendor\'s call', () => {
  it('loses its functions and whatever a port cannot carry', () => {
    const deep: Record<string, unknown> = { a: 1, onSuccess: () => 1, list: [{ f: () => 1, b: 2 }] }
    deep.self = deep
    const left = plain(deep) as Record<string, unknown>
    expect(left).not.toHaveProperty('onSuccess')
    expect(left.list).toEqual([{ b: 2 }])
    expect(() => structuredClone(left)).not.toThrow()
  })
  it('by a name objects inherit is refused', async () => {
    await expect(run({}, (() => undefined) as never, 'toString', {})).rejects.toMatchObject({ code: codes.unsupported })
  })
})

describe('a vendor\'s script', () => {
  const known = page({ dialects: ['weixin', 'zwjs'], scriptMap: { 'cdn.city.example/bridge.js': 'zwjs' } })
  it.each([
    ['https://res.wx.qq.com/open/js/jweixin-1.6.0.js', '/__wanshi/vendor/weixin.js'],
    ['//assets.zjzwfw.gov.cn/assets/ZWJSBridge/1.1.0/zwjsbridge.js?x=1', '/__wanshi/vendor/zwjs.js'],
    ['https://cdn.city.example/bridge.js', '/__wanshi/vendor/zwjs.js'],
    ['https://cdn.city.example/bridge.js.map', 'https://cdn.city.example/bridge.js.map'],
    ['/js/jweixin-1.6.0.js', '/js/jweixin-1.6.0.js'],
    ['https://g.alicdn.com/dingding/open-develop/1.9.0/dingtalk.js', 'https://g.alicdn.com/dingding/open-develop/1.9.0/dingtalk.js'],
    ['data:text/javascript,1', 'data:text/javascript,1'],
    ['http://[broken', 'http://[broken'],
  ])('%s is %s', (address, expected) => {
    expect(standIn(known, address)).toBe(expected)
  })
})

describe('an address on a vendor\'s host', () => {
  const known = page({ dialects: ['mgop'], hostMap: { 'api.city.example': '/proxy/' } })
  it.each([
    ['https://mapi.zjzwfw.gov.cn/h5/mgop?ak=1', `${ORIGIN}/h5/mgop?ak=1`],
    ['//47.96.150.251:8068/h5/mgop?ak=1', `${ORIGIN}/h5/mgop?ak=1`],
    ['https://mapi.zjzwfw.gov.cn/other', 'https://mapi.zjzwfw.gov.cn/other'],
    ['https://api.city.example/a/b?c=d', `${ORIGIN}/proxy/a/b?c=d`],
    ['https://api.city.example.evil.example/a', 'https://api.city.example.evil.example/a'],
    ['https://constructor/a', 'https://constructor/a'],
    ['/own', '/own'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
  ])('%s leads to %s', (address, expected) => {
    expect(homeward(known, address)).toBe(expected)
  })
  it('is left alone where the app does not say it uses that gateway', () => {
    expect(homeward(page(), 'https://mapi.zjzwfw.gov.cn/h5/mgop?a=1')).toBe('https://mapi.zjzwfw.gov.cn/h5/mgop?a=1')
  })
})

describe('coming back from a vendor\'s sign-in', () => {
  const at = (address: string) => comesBack(page({ baseAlias: ['/web/mgop/gov-open/zj/1/1.0.1/'] }), address)
  it.each([
    ['https://puser.zjzwfw.gov.cn.evil.example/sso/mobile.do', null],
    ['https://puser.zjzwfw.gov.cn/sso/other.do', null],
    ['https://puser.zjzwfw.gov.cn/sso/mobile.do', `${ORIGIN}/v/3/index.html?a=1`],
    ['https://puser.zjzwfw.gov.cn/sso/mobile.do?redirectUrl=javascript:alert(1)', `${ORIGIN}/v/3/index.html?a=1`],
    ['https://puser.zjzwfw.gov.cn/sso/mobile.do?redirectUrl=//evil.example/x', `${ORIGIN}/v/3/index.html?a=1`],
    ['https://puser.zjzwfw.gov.cn/sso/mobile.do?goto=/b', `${ORIGIN}/b`],
    ['https://sso.ahzwfw.gov.cn/uccp-server/login?service=/c', `${ORIGIN}/c`],
    [`https://puser.zjzwfw.gov.cn/sso/mobile.do?goto=${encodeURIComponent('https://x.example/web/mgop/gov-open/zj/1/1.0.1/i.html')}`,
      `${ORIGIN}/web/mgop/gov-open/zj/1/1.0.1/i.html`],
  ])('%s → %s', (address, expected) => {
    expect(at(address)).toBe(expected)
  })
  it('replaces an old ticket, before the hash', () => {
    expect(withTicket(`${ORIGIN}/a?ticket=old#/b`, 'new')).toBe(`${ORIGIN}/a?ticket=new#/b`)
  })
})

describe('the grids of maps', () => {
  const heifei: Location = { longitude: 117.2272, latitude: 31.8206, accuracy: 1, coordinate: 'wgs84', region: null, address: '' }
  it('go there and back within a metre', () => {
    for (const grid of ['gcj02', 'bd09'] as const) {
      const back = onGrid(onGrid(heifei, grid), 'wgs84')
      expect(Math.abs(back.longitude - heifei.longitude)).toBeLessThan(1e-5)
      expect(Math.abs(back.latitude - heifei.latitude)).toBeLessThan(1e-5)
    }
  })
  it('are off by what is known of 天安门: some 500 metres for the national one, a kilometre for Baidu\'s', () => {
    const square = { ...heifei, longitude: 116.39123, latitude: 39.907177 }
    const national = onGrid(square, 'gcj02')
    expect([national.longitude, national.latitude].map(n => n.toFixed(4))).toEqual(['116.3975', '39.9086'])
    const baidu = onGrid(national, 'bd09')
    expect([baidu.longitude, baidu.latitude].map(n => n.toFixed(3))).toEqual(['116.404', '39.915'])
  })
  it('are one and the same abroad', () => {
    const london = { ...heifei, longitude: -0.12, latitude: 51.5 }
    expect(onGrid(london, 'gcj02')).toMatchObject({ longitude: -0.12, latitude: 51.5 })
  })
})

describe('md5', () => {
  it.each(['', 'a', 'token=feed&ak=a+b&api=x&ts=1&data=null', '字'.repeat(40), 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'x'.repeat(1000)])(
    'of %j is what everybody reckons', text => {
      expect(md5(text)).toBe(createHash('md5').update(text).digest('hex'))
    })
})
