import { api, ok, type Schemas } from '@wanshi/client'

export type Home = Schemas['HomeView']
export type UserRecord = Schemas['UserRecord']['user']
export type Direction = Schemas['SignInDirection']
export type FirstPassword = Schemas['FirstPassword']

/** Codes go out once a minute at most; the reply does not say so, its refusal does. */
const RESEND_S = 60
export const askFirstCode = async (phone: string) => ({ ...await ok(api.POST('/api/v1/first-sign-in/codes', { body: { phone } })), resend_after_s: RESEND_S })
export const setFirstPassword = (body: FirstPassword) => ok(api.POST('/api/v1/first-sign-in', { body }))

export const home = async () => (await ok(api.GET('/api/v1/me/home'))).home
export const chooseHome = async (city: string) => (await ok(api.PUT('/api/v1/me/home', { body: { city } }))).home
export const ownRecord = async () => (await ok(api.GET('/api/v1/me/user-record'))).user

export const openSignIn = (place: string) => ok(api.POST('/api/v1/federation/sign-ins', { body: { home: place } }))
export const giveTicket = (request: string) => ok(api.POST('/api/v1/federation/tickets', { body: { request } }))
export const finishSignIn = (attempt: string, ticket: string) =>
  ok(api.POST('/api/v1/federation/sign-ins/{attempt}/ticket', { params: { path: { attempt } }, body: { ticket } }))
