import type { Schemas } from '@wanshi/client'

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

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** GB 11643: weighted sum of 17 digits modulo 11 chooses the last character. */
export function idNumberOk(value: string): boolean {
  if (!/^\d{17}[\dX]$/.test(value)) return false
  const born = new Date(Number(value.slice(6, 10)), Number(value.slice(10, 12)) - 1, Number(value.slice(12, 14)))
  if (born.getMonth() !== Number(value.slice(10, 12)) - 1 || born > new Date()) return false
  const sum = WEIGHTS.reduce((total, w, i) => total + w * Number(value[i]), 0)
  return '10X98765432'[sum % 11] === value[17]
}

/** The 17th digit is odd for men; filling it in saves one question. */
export const sexOf = (idNumber: string) => (Number(idNumber[16]) % 2 ? 'male' : 'female')

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

export const ETHNIC_GROUPS: readonly Body['ethnic_group'][] = ('汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 '
  + '傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 '
  + '普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族').split(' ') as Body['ethnic_group'][]
