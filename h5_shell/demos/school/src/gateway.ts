/** Our interfaces behind 浙里办's gateway, called by its own SDK. */
import mgop from '@aligov/jssdk-mgop'
import { bridge } from './zhejiang'

export interface School { name: string; where: string; phone: string; places: number; address: string }
export interface Address { id: string; text: string }
export interface Registration { number: string; child: string; address: string; school: string; at: string; steps: { name: string; done: boolean; now: boolean }[] }
export interface Form { child: string; birth: string; relation: string; address: string; phone: string }

export class Fault extends Error {
  constructor(readonly code: number, message: string, readonly fields: Partial<Record<keyof Form, string>> = {}) { super(message) }
}
interface Answer<T> { code: number; message: string; data: T }

let session = ''
const HOST = 'https://mapi.zjzwfw.gov.cn'
const APP_KEY = 'masjy2002199001+200219900+nytcfro'

function call<T>(name: string, data: object = {}): Promise<T> {
  return new Promise((resolve, reject) => mgop({
    api: `mgop.masjy.school.${name}`,
    host: HOST,
    dataType: 'JSON',
    type: 'POST',
    appKey: APP_KEY,
    header: session ? { authorization: `Bearer ${session}` } : {},
    data,
    onSuccess: (told: { data: Answer<T> }) => {
      const { code, message, data: answer } = told.data
      if (code === 0) return resolve(answer)
      if (code === 401) session = ''
      reject(new Fault(code, message, code === 422 ? answer as Fault['fields'] : {}))
    },
    onFail: (told: { ret?: string[]; errorMessage?: string }) => reject(new Fault(0, told.ret?.[0]?.split('::')[1] ?? told.errorMessage ?? '网络不通，请检查后再试')),
  } as never))
}

/** Signs in by the container's ticket, once; what needs a person calls it first. */
export async function signIn(): Promise<void> {
  if (session) return
  const { result, ticketId } = await bridge.ssoTicket({})
  if (!result) throw new Fault(401, '没有登录')
  session = (await call<{ session: string }>('signIn', { ticketId })).session
}

export const addresses = (q: string) => call<{ addresses: Address[] }>('addresses', { q }).then(r => r.addresses)
export const schoolOf = (address: string) => call<School>('schoolOf', { address })
export const draft = (form?: Partial<Form>) => call<{ form: Partial<Form> }>('draft', form ? { form } : {}).then(r => r.form)
export const register = (form: Form) => call<Registration>('register', form)
export const progress = () => call<{ registrations: Registration[] }>('progress').then(r => r.registrations)

/** What a failure says to the person, whichever layer it comes from. */
export function reasonOf(error: unknown): string {
  const { message, errorMessage } = error as { message?: string; errorMessage?: string }
  return message ?? errorMessage ?? '现在办不了，请稍后再试'
}
