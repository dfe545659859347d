import { api, ok, type Schemas } from '@wanshi/client'

export type SignUp = Schemas['SignUp']

export const askSignUpCode = (phone: string) => ok(api.POST('/api/v1/sign-up/codes', { body: { phone } }))
export const signUp = (body: SignUp) => ok(api.POST('/api/v1/sign-up', { body }))
export const signIn = (login: string, password: string) => ok(api.POST('/api/v1/sessions', { body: { login, password } }))
export const signOut = () => ok(api.DELETE('/api/v1/sessions/current'))
