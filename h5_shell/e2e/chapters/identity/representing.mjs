// Registers a company, raises its level, lets somebody act for it, and takes that back.
import { PERSON } from './stepping.mjs'

export const COMPANY = { code: '91341602MADEM0011Y', name: '亳州市谯城区芍花药材有限公司（演示）', registration: '341602000000011' }
export const DELEGATE = { name: '周浩然', number: '341602197805193310' }

export const representing = {
  async 'registers a company'(story) {
    const { page } = story
    await page.goto(`${story.shell}/me`)
    await page.getByText('我的单位').waitFor()
    await story.shot('me', { whole: true })
    await story.follow('我的单位')
    await page.getByText('还没有单位').waitFor()
    await story.shot('organisations-none')
    await story.follow('登记单位')
    await page.getByLabel('统一社会信用代码').fill('91341602MADEM0011X')
    await page.getByText('可能有一位写错了').waitFor()
    await story.shot('organisation-code-wrong')
    await page.getByLabel('统一社会信用代码').fill(COMPANY.code)
    await page.getByText('企业，代码校验无误').waitFor()
    await page.getByLabel('单位全称').fill(COMPANY.name)
    await page.getByLabel('原注册号').fill(COMPANY.registration)
    await page.getByLabel('法定代表人姓名').fill(PERSON.name)
    await page.getByLabel('法定代表人身份证号码').fill(PERSON.number)
    await story.shot('organisation-new', { whole: true })
    await story.tap('核对并登记')
    await page.getByText('单位认证等级').waitFor()
    await story.shot('organisation')
  },
  async 'raises the company by its tax account'(story) {
    const { page } = story
    await story.follow('升到中级认证')
    await page.getByRole('button', { name: /税务申报账户/ }).waitFor()
    await story.shot('organisation-raise')
    await page.getByRole('button', { name: /税务申报账户/ }).tap()
    await page.getByLabel('申报账户').fill('AHTAX-0011')
    await page.getByLabel('申报密码').fill('wrong-password')
    await page.getByRole('button', { name: '核对', exact: true }).tap()
    await page.getByText('未能通过单位认证').waitFor()
    await page.getByLabel('申报密码').fill('Demo-Tax-2026')
    await page.getByRole('button', { name: '核对', exact: true }).tap()
    await page.getByText('单位现在是“中级认证”').waitFor()
    await story.shot('organisation-raised')
    await story.tap('好')
  },
  async 'delegates and takes it back'(story) {
    const { page } = story
    await story.follow('新增授权')
    await page.getByLabel('受托人姓名').fill(DELEGATE.name)
    await page.getByLabel('受托人身份证号码').fill(DELEGATE.number)
    await page.getByText('只办指定的').tap()
    await page.getByLabel('搜事项名称').fill('公租房')
    await story.tap('搜索')
    await page.locator('.hits button').first().tap()
    await page.getByText('半年').tap()
    await story.shot('delegate', { whole: true })
    await story.tap('确认授权')
    await page.getByText('周*然').waitFor()
    await page.getByText('公共租赁住房保障资格申请').waitFor()
    await story.shot('delegations', { whole: true })
    await story.tap('收回授权')
    await page.getByRole('button', { name: '收回', exact: true }).tap()
    await page.getByText('看 1 条收回或到期的').waitFor()
  },
}
