import type { Schemas } from '@wanshi/client'
import { idNumberOk } from '@wanshi/parts'

/** Rules of the sign-up form that a phone can check without asking anybody. */
export const TERMS_VERSION = '2026-11'
export const STEPS = ['您是谁', '手机号', '设密码'] as const

type Body = Schemas['SignUp']
export interface SignUpForm {
  name: string
  ethnic_group: Body['ethnic_group']
  sex: Body['sex'] | ''
  id_number: string
  phone: string
  code: string
  password: string
  again: string
  agreed: boolean
}
export const blank = (): SignUpForm => ({
  name: '', ethnic_group: '汉族', sex: '', id_number: '', phone: '', code: '', password: '', again: '', agreed: false,
})

type Errors = Partial<Record<keyof SignUpForm, string>>
const CHECKS: ((f: SignUpForm) => Errors)[] = [
  f => ({
    name: !/^[\u3400-\u9fff·]{2,30}$/.test(f.name.trim()) ? '请填写身份证上的姓名' : undefined,
    id_number: !f.id_number ? '请填写身份证号码' : idNumberOk(f.id_number) ? undefined : '身份证号码不对，请逐位核对',
    ethnic_group: f.ethnic_group ? undefined : '请选择民族',
    sex: f.sex ? undefined : '请选择性别',
  }),
  f => ({
    phone: /^1[3-9]\d{9}$/.test(f.phone) ? undefined : '请填写 11 位手机号',
    code: /^\d{6}$/.test(f.code) ? undefined : '请填写短信里的验证码',
  }),
  f => ({
    password: passwordError(f.password),
    again: f.again === f.password ? undefined : '两次输入的密码不一样',
    agreed: f.agreed ? undefined : '请先阅读并同意协议',
  }),
]

/** Length, not composition (ASVS V6.2); the server also knows the common ones. */
export const passwordError = (value: string) => (value.length < 8 ? '密码至少 8 位' : undefined)

export function stepErrors(step: number, form: SignUpForm): Errors {
  const found = CHECKS[step]?.(form) ?? {}
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v)) as Errors
}

/** Which step shows a field the server complained about. */
export function stepOf(field: string): number {
  if (['name', 'ethnic_group', 'sex', 'id_number'].includes(field)) return 0
  return ['phone', 'code'].includes(field) ? 1 : 2
}
