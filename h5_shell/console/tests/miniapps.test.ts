import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { upload, type App, type Version } from '../src/api/miniapps'
import { setToken } from '../src/client/transport'
import { askFor, type Asked } from '../src/pieces/miniapps/asks'
import { appDeeds, COME_FROM, floorsOf, goBackTo, versionDeeds, waitsFor, type Who } from '../src/pieces/miniapps/deeds'
import { greyBody, greyErrors, greyForm } from '../src/pieces/miniapps/grey'
import { CITIES, errorWords, failing, fileWrong, findingsByLevel, greyWords, placeOf } from '../src/pieces/miniapps/words'
import { homeFor, menuFor } from '../src/shell/menu'

const here = import.meta.url
const rules = (name: string) => readFileSync(fileURLToPath(new URL(`../../../miniapps/rules/${name}.py`, here)), 'utf8')
const app = (more: Partial<App> = {}) => ({ appid: 'ah341600housing', name: '公租房', state: 'active', state_reason: '', current: 1, floor: 0, ...more }) as App
const version = (state: string, code = 2, more: Partial<Version> = {}) => ({ appid: 'ah341600housing', code, name: `1.${code}`, state, scopes: [], permissions: [], shots: null, looking: false, signed_by: '', findings: [], ...more }) as Version
const team: Who = { publisher: true, reviewer: false, region: '341600' }
const city: Who = { publisher: false, reviewer: true, region: '341600' }
const province: Who = { publisher: false, reviewer: true, region: '340000' }
const can = (state: string, who: Who, a = app(), others: Version[] = []) => versionDeeds(version(state), a, [version(state), ...others], who)

describe('the tables of the back end are ours', () => {
  it('from which states a deed leads on', () => {
    const text = rules('lifecycle')
    for (const [deed, states] of Object.entries(COME_FROM)) expect(text).toContain(`"${deed}": _move("${states.join(' ')}"`)
  })
})

describe('what can be done with a version', () => {
  it.each([
    ['uploaded', []], ['failed', []], ['refused', []], ['withdrawn', []], ['superseded', []], ['rolled_back', []],
    ['checked', ['submit', 'trial', 'withdraw']], ['trial', ['submit', 'trial', 'withdraw']],
    ['submitted', ['trial', 'withdraw']], ['city_approved', ['trial', 'withdraw']],
    ['approved', ['grey', 'release', 'trial', 'withdraw']],
    ['grey', ['regrey', 'halt', 'release', 'roll_back']], ['halted', ['regrey', 'resume', 'roll_back']],
  ])('by its team when %s', (state, deeds) => expect(can(state, team)).toEqual(deeds))
  it.each([
    ['checked', ['trial'], ['trial']], ['submitted', ['approve', 'refuse', 'trial'], ['refuse', 'trial']],
    ['city_approved', ['trial'], ['approve', 'refuse', 'trial']], ['approved', ['release', 'trial'], ['release', 'trial']],
    ['grey', ['release'], ['release']], ['halted', [], []], ['released', [], []],
  ])('by the reviewers of city and province when %s', (state, ofCity, ofProvince) => {
    expect(can(state, city)).toEqual(ofCity)
    expect(can(state, province)).toEqual(ofProvince)
  })
  it('by the province at once when the app is its own', () => {
    const own = version('submitted', 2, { appid: 'ah340000tax' })
    expect(versionDeeds(own, app({ appid: 'ah340000tax' }), [own], province)).toContain('approve')
    expect([waitsFor(own), waitsFor(version('submitted')), waitsFor(version('grey'))]).toEqual(['等待省级审核员审核', '等待市级审核员审核，通过后由省级审核', ''])
  })
  it('and nothing by a stranger, or when the app has ended', () => {
    for (const state of ['checked', 'submitted', 'approved', 'grey', 'released']) {
      expect(can(state, { publisher: false, reviewer: false, region: '341600' })).toEqual([])
      expect(can(state, { ...team, reviewer: true }, app({ state: 'retired' }))).toEqual([])
    }
  })
  it('goes to nobody while the app is down, when a newer one is out, below the floor, or beside another rollout', () => {
    for (const shut of [app({ state: 'suspended' }), app({ current: 3 }), app({ floor: 3 })]) {
      expect(can('approved', team, shut)).toEqual(['trial', 'withdraw'])
      expect(can('grey', team, shut)).toEqual(['halt', 'roll_back'])
    }
    expect(can('approved', team, app(), [version('halted', 3)])).not.toContain('grey')
  })
  it('goes back only to what was out before and is not below the floor', () => {
    const old = [version('superseded', 1), version('rolled_back', 0)]
    const now = version('released', 2)
    const back = (a: App) => appDeeds(a, [now, ...old], team).filter(d => d === 'go_back')
    expect(versionDeeds(now, app({ current: 2 }), [now, ...old], team)).toEqual([])
    expect(back(app({ current: 2 }))).toEqual(['go_back'])
    expect(goBackTo(app({ current: 2 }), old).map(v => v.code)).toEqual([1])
    expect(back(app({ current: 2, floor: 2 }))).toEqual([])
    expect(back(app({ current: 2, state: 'suspended' }))).toEqual([])
  })
})

describe('what can be done with the whole app', () => {
  it('by its team and by reviewers', () => {
    const all = [version('released', 2), version('superseded', 1)]
    expect(appDeeds(app({ current: 2 }), all, team)).toEqual(['key', 'go_back'])
    expect(appDeeds(app({ current: 2 }), all, city)).toEqual(['floor', 'suspend', 'retire'])
    expect(appDeeds(app({ current: 2, state: 'suspended' }), all, city)).toEqual(['floor', 'reopen', 'retire'])
    expect(appDeeds(app({ current: 2, state: 'retired' }), all, { ...team, reviewer: true })).toEqual([])
    expect(floorsOf(app({ current: 2, floor: 1 }), all).map(v => v.code)).toEqual([2])
  })
  it('what cannot be undone is grave, and only a note may be left out', () => {
    const ask = (deed: Asked, v: Version | null = null) => askFor(deed, app(), v)
    expect((['retire', 'suspend', 'refuse', 'withdraw', 'roll_back', 'go_back'] as Asked[]).map(d => ask(d).grave)).toEqual([true, true, true, true, true, true])
    expect((['submit', 'approve', 'resume'] as Asked[]).every(d => ask(d).optional)).toBe(true)
    expect((['refuse', 'halt', 'suspend', 'retire', 'floor', 'roll_back', 'go_back'] as Asked[]).some(d => ask(d).optional || !ask(d).reason)).toBe(false)
    expect(ask('approve', version('submitted')).explain).toContain('三个不同的人')
    expect(ask('roll_back', version('grey')).explain).toContain('停止灰度')
    expect(ask('go_back').explain).toContain('回到所选的版本')
  })
})

describe('a rollout in words', () => {
  it.each([
    [0, '0‰，不按比例放量，只给名单上的人'], [1, '1‰，即 0.1%，约每 1000 人中 1 人'], [25, '25‰，即 2.5%，约每 40 人中 1 人'], [200, '200‰，即 20%，约每 5 人中 1 人'],
    [400, '400‰，即 40%，约每 10 人中 4 人'], [999, '999‰，即 99.9%，约每 10 人中 9 人'], [1000, '1000‰，即 100%，范围内的所有人'],
  ])('%i', (permille, words) => expect(greyWords(permille)).toBe(words))
  it('says what stops it and how it stands', () => {
    expect(errorWords(50)).toContain('50‰（5%）')
    expect(failing({ opened: 0, failed: 0, error_permille: 50 })).toEqual({ words: '还没有人打开', tone: 'plain' })
    expect(failing({ opened: 100, failed: 5, error_permille: 50 })).toEqual({ words: '失败率 5%，未超过上限 5%', tone: 'good' })
    expect(failing({ opened: 100, failed: 6, error_permille: 50 }).tone).toBe('bad')
    expect(failing({ opened: 10, failed: 9, error_permille: 50 }).words).toContain('不足 20 次')
  })
})

describe('a rollout in its form', () => {
  const id = 'a'.repeat(40)
  const form = (more = {}) => ({ ...greyForm(null), ...more })
  const wrong = (more = {}) => Object.entries(greyErrors(form(more), Date.parse('2026-11-22T00:00:00Z'))).filter(([, said]) => said).map(([name]) => name)
  it('begins with one in a hundred, and is right', () => expect([form().permille, wrong()]).toEqual([10, []]))
  it('keeps what stands, in the time of the province', () => {
    const now = { code: 2, state: 'grey', state_name: '灰度中', permille: 100, error_permille: 20, openids: [id], regions: ['341602'], systems: ['ios'], starts_at: '2026-11-22T20:30:00Z', ends_at: null, opened: 0, failed: 0 }
    expect(greyForm(now)).toMatchObject({ starts_at: '2026-11-23T04:30', ends_at: '' })
    expect(greyBody(greyForm(now))).toEqual({ permille: 100, error_permille: 20, openids: [id], regions: ['341602'], systems: ['ios'], starts_at: '2026-11-22T20:30:00.000Z', ends_at: null })
  })
  it.each([
    [{ permille: 1001 }, 'permille'], [{ permille: 1.5 }, 'permille'], [{ error_permille: 0 }, 'error_permille'], [{ regions: ['合肥'] }, 'regions'],
    [{ starts_at: '2026-12-02T00:00', ends_at: '2026-12-01T00:00' }, 'ends_at'], [{ ends_at: '2026-11-22T07:59' }, 'ends_at'],
    [{ openids: 'xyz' }, 'openids'], [{ openids: id.toUpperCase() }, 'openids'], [{ permille: 0 }, 'openids'],
  ])('refuses %j', (more, name) => expect(wrong(more)).toEqual([name]))
  it('takes names parted by anything, each once', () => expect(greyBody(form({ openids: `${id}，${'b'.repeat(40)}\n${id} ` })).openids).toEqual([id, 'b'.repeat(40)]))
  it('offers the sixteen cities', () => expect(Object.keys(CITIES)).toHaveLength(16))
})

it('findings stand by weight, then by file and line', () => {
  const found = (level: 'error' | 'warning' | 'note', path: string, line: number | null) => ({ code: 'x', level, path, line, message: '' })
  const groups = findingsByLevel([found('note', 'a', 1), found('error', 'b', 9), found('error', 'b', 2), found('error', 'a', null)])
  expect(groups.map(g => [g.name, g.items.map(placeOf)])).toEqual([['必须修改', ['a', 'b 第 2 行', 'b 第 9 行']], ['提示', ['a 第 1 行']]])
  expect(placeOf(found('error', '', null))).toBe('整个应用包')
})

it('only a package is sent', () => {
  const of = (name: string, size: number) => fileWrong({ name, size })
  expect([of('a.ZIP', 9), of('a.ahpkg', 9), of('a.rar', 9), of('a.zip', 0), of('a.zip', 20 * 1024 * 1024 + 1)].map(Boolean)).toEqual([false, false, true, true, true])
})


it('apps stand in the menu of teams and reviewers, who begin there', () => {
  for (const role of ['city_publisher', 'miniapp_reviewer']) expect(homeFor([role])).toBe('/apps')
  expect(menuFor(['case_officer', 'system_admin']).map(m => m.to)).not.toContain('/apps')
})

describe('a package on its way', () => {
  const sent: { url: string; token: string | undefined; type: string | undefined }[] = []
  let answers: { status: number; body: unknown }[] = []
  class Line {
    upload: { onprogress?: (e: object) => void } = {}
    headers: Record<string, string> = {}
    url = ''
    status = 0
    responseText = ''
    onload = () => {}
    onerror = () => {}
    open(_: string, url: string) { this.url = url }
    setRequestHeader(name: string, value: string) { this.headers[name] = value }
    send() {
      sent.push({ url: this.url, token: this.headers.Authorization, type: this.headers['Content-Type'] })
      this.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 })
      const answer = answers.shift()
      if (!answer) return this.onerror()
      this.status = answer.status
      this.responseText = JSON.stringify(answer.body)
      this.onload()
    }
  }
  beforeEach(() => {
    sent.length = 0
    vi.stubGlobal('XMLHttpRequest', Line)
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ access_token: 'new' })))
    setToken('old')
  })
  afterEach(() => vi.unstubAllGlobals())
  const send = (told: (share: number) => void = () => {}) => upload(new File(['x'], 'a.zip'), told)

  it('goes once more with a new token when the old one is over, and tells how far it is', async () => {
    answers = [{ status: 401, body: {} }, { status: 201, body: version('checked') }]
    const shares: number[] = []
    expect((await send(share => shares.push(share))).state).toBe('checked')
    expect(sent.map(s => s.token)).toEqual(['Bearer old', 'Bearer new'])
    expect([sent[0]!.type, sent[0]!.url, shares]).toEqual(['application/zip', '/staff/v1/miniapps/versions', [0.25, 0.25]])
  })
  it('is refused in the words of the back end', async () => {
    answers = [{ status: 409, body: { code: 'miniapps.version_taken', title: '该版本号已被使用，请提高版本号后重新上传' } }]
    await expect(send()).rejects.toMatchObject({ kind: 'conflict', message: '该版本号已被使用，请提高版本号后重新上传' })
  })
  it('says when the line broke', async () => {
    answers = []
    await expect(send()).rejects.toMatchObject({ kind: 'offline' })
  })
})
