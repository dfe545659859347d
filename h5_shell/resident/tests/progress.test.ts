import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem } from '@wanshi/client'
import * as api from '@/api/progress'
import ClockCard from '@/pieces/cases/ClockCard.vue'
import CourseStages from '@/pieces/cases/CourseStages.vue'
import DeliveryChoice from '@/pieces/cases/DeliveryChoice.vue'
import { leftWords, weekday, within } from '@/shell/format'

afterEach(() => { vi.restoreAllMocks() })
const year = new Date().getFullYear()

describe('a limit', () => {
  it('is told in plain words', () => {
    expect(leftWords(3, `${year}-11-27`, 'workday')).toBe('还有 3 个工作日（到 11月27日）')
    expect(leftWords(0, `${year}-11-27`, 'day')).toBe('今天到期（11月27日）')
    expect(leftWords(-2, `${year}-11-27`, 'workday')).toContain('已超过期限 2 个工作日')
    expect([within({ days: 7, unit: 'workday' }), within({ days: 7, unit: 'day' }), within({ days: 0, unit: 'day' }), within(null)]).toEqual(['7 个工作日内', '7 天内', '当场办结', '无规定'])
  })
  it('knows the day of the week', () => expect(weekday('2026-11-23')).toBe('周一'))
})

const CLOCK = {
  name: '办理时限', start: '2026-09-29', days: 2, unit: 'workday', due_on: '2026-10-09', provisional: false, used: 1, left: 1, paused: false, extension: null,
  lines: [{ date: '2026-09-30', counted: true, reason: '工作日' }, { date: '2026-10-01', counted: false, reason: '国庆节' }, { date: '2026-10-09', counted: true, reason: '工作日' }],
  pauses: [{ kind: 'notice', name: '公示', reason: '名单公示', days: 20, began: '2026-10-01', until: '2026-10-21', ended: null }],
} as api.Clock

describe('the clock of a case', () => {
  it('explains its day only when asked, day by day, with what does not count and why', async () => {
    const asked = vi.spyOn(api, 'clock').mockResolvedValue(CLOCK)
    const wrapper = mount(ClockCard, { props: { no: 'n', title: '为什么是这一天' } })
    expect(asked).not.toHaveBeenCalled()
    await wrapper.find('button').trigger('click')
    await flushPromises()
    expect(wrapper.findAll('li').map(l => l.text().replace(/\s+/g, ' '))).toEqual([expect.stringMatching(/9月30日 周三\s?第 1 天$/), expect.stringMatching(/不算\s?国庆节$/), expect.stringMatching(/第 2 天\s?到期日$/)])
    expect(wrapper.text()).toContain('公示：名单公示')
    await wrapper.find('button').trigger('click')
    await wrapper.find('button').trigger('click')
    expect(asked).toHaveBeenCalledTimes(1)
  })
  it('says so when it cannot be read', async () => {
    vi.spyOn(api, 'clock').mockRejectedValue(new ApiProblem({ code: 'client.offline', detail: '网络连接不上' }))
    const wrapper = mount(ClockCard, { props: { no: 'n', title: '为什么是这一天' } })
    await wrapper.find('button').trigger('click')
    await flushPromises()
    expect(wrapper.find('[role=alert]').text()).toBe('网络连接不上')
  })
})

it('a stage that was passed over is not still to come', () => {
  const stage = (name: string, state: string) => ({ name, label: name, state, start: null, end: null, officer: '', opinion: '', reason: '' })
  const course = { stages: [stage('预约', 'waiting'), stage('受理', 'current'), stage('审查', 'waiting')], legal: [], chain: [] } as unknown as api.Course
  expect(mount(CourseStages, { props: { course } }).findAll('li b').map(b => b.text())).toEqual(['受理', '审查'])
})

describe('the way of a result', () => {
  const found = { case_no: 'n1', version: 4 } as never
  it('is sent with an address only when it is posted, and not before the address is whole', async () => {
    const choose = vi.spyOn(api, 'chooseWay').mockResolvedValue(found)
    const wrapper = mount(DeliveryChoice, { props: { found, ways: ['download', 'courier'], now: 'download' } })
    expect(wrapper.text()).not.toContain('到窗口取')
    expect([wrapper.find<HTMLInputElement>('input[value=download]').element.checked, wrapper.find('summary').text()]).toEqual([true, '结果怎么拿现在选的：网上下载'])
    await wrapper.find('input[value=courier]').setValue()
    await wrapper.find('button').trigger('click')
    expect([choose.mock.calls.length, wrapper.text()]).toEqual([0, expect.stringContaining('手机号应是 11 位数字')])
    const boxes = wrapper.findAll('.control')
    for (const [i, value] of ['周晓岚', '13800001111', '亳州市谯城区花戏楼街道 1 号'].entries()) await boxes[i]!.setValue(value)
    await wrapper.find('button').trigger('click')
    expect(choose.mock.calls[0]).toEqual(['n1', 4, { way: 'courier', recipient: { name: '周晓岚', phone: '13800001111', address: '亳州市谯城区花戏楼街道 1 号' } }])
    await wrapper.find('input[value=download]').setValue()
    await wrapper.find('button').trigger('click')
    expect(choose.mock.calls[1]?.[2]).toEqual({ way: 'download' })
  })
})
