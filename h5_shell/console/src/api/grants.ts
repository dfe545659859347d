import { api, ok } from '../client/api.ts'

export const signIn = (login: string, password: string) => ok(api.POST('/staff/v1/sessions', { body: { login, password } }))
export const signOut = () => ok(api.DELETE('/staff/v1/sessions/current'))
