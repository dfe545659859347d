import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { withValue, type Data, type PageElement } from '@/form/page'
import SchemaForm from '@/form/SchemaForm.vue'
import type { JsonSchema } from '@/form/schema'

const schema: JsonSchema = {
  properties: {
    name: { type: 'string', title: '姓名' }, married: { type: 'string', title: '婚姻', enum: ['是', '否'] }, wed: { type: 'string', title: '结婚地点' },
    children: { type: 'array', title: '子女', maxItems: 2, items: { type: 'object', properties: { name: { type: 'string', title: '名字' } } } },
  },
}
const page: PageElement = {
  type: 'VerticalLayout',
  elements: [{
    type: 'Group', label: '人',
    elements: [
      { type: 'Control', scope: '#/properties/name' }, { type: 'Control', scope: '#/properties/married' },
      { type: 'Control', scope: '#/properties/wed', rule: { effect: 'SHOW', condition: { scope: '#/properties/married', schema: { const: '是' } } } },
      { type: 'Label', text: '有几个写几个' }, { type: 'Control', scope: '#/properties/children' },
    ],
  }],
}
function shown(data: Data, more: object = {}) {
  const wrapper = mount(SchemaForm, {
    props: { schema, page, data, errors: {}, onChange: (names: string[], value: unknown) => void wrapper.setProps({ data: withValue(wrapper.props('data'), names, value) }), ...more },
    global: { plugins: [createPinia()] },
  })
  return wrapper
}

describe('a form on the screen', () => {
  it('lets nobody type over what an authority vouches for, and says who and when', () => {
    const wrapper = shown({ name: '周晓岚' }, { sources: { name: { source_name: '人口库', as_of: '2020-03-02', editable: false } }, given: { name: '周晓岚' } })
    expect([wrapper.find('#field-name input').attributes('readonly') !== undefined, wrapper.text()]).toEqual([true, expect.stringContaining('来自人口库，2020年3月2日取得')])
  })
  it('takes the mark away from what somebody changed', async () => {
    const wrapper = shown({ name: '周晓岚' }, { sources: { name: { source_name: '人口库', editable: true } }, given: { name: '周晓岚' } })
    expect(wrapper.text()).toContain('可以改')
    await wrapper.find('#field-name input').setValue('周小岚')
    expect(wrapper.text()).not.toContain('人口库')
  })
  it('names a register that did not answer', () => {
    expect(shown({}, { silent: { name: '人口库' } }).text()).toContain('人口库暂时没有回应，请您自己填')
  })
  it('asks more when an answer calls for it', async () => {
    const wrapper = shown({})
    expect([wrapper.find('#field-wed').exists(), wrapper.text().includes('有几个写几个')]).toEqual([false, true])
    await wrapper.find('#field-married select').setValue('0')
    expect(wrapper.find('#field-wed').exists()).toBe(true)
  })
  it('adds, fills and takes away rows of a list, up to its limit', async () => {
    const wrapper = shown({})
    const add = () => wrapper.findAll('button').find(b => b.text() === '添加子女')
    await add()!.trigger('click')
    await wrapper.find('[id="field-children.0.name"] input').setValue('小明')
    await add()!.trigger('click')
    expect([wrapper.props('data'), add()]).toEqual([{ children: [{ name: '小明' }, {}] }, undefined])
    await wrapper.find('button[aria-label="删除第 1 项子女"]').trigger('click')
    await wrapper.find('button[aria-label="删除第 1 项子女"]').trigger('click')
    await nextTick()
    expect(wrapper.props('data')).toEqual({})
  })
  it('shows a finding beside the row it is about', () => {
    const wrapper = shown({ children: [{ name: '小明' }, {}] }, { errors: { 'children.1.name': '请填写名字' } })
    expect([wrapper.find('[id="field-children.0.name"]').text(), wrapper.find('[id="field-children.1.name"]').text()]).toEqual([expect.not.stringContaining('请填写'), expect.stringContaining('请填写名字')])
  })
})
