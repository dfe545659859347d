export { api, ok, type Schemas } from './api'
export { ApiProblem, messageOf, type ActAsked, type FieldError } from './problem'
export { http, seg } from './http'
export { listen, onSession, refreshSession, setToken, upload, type Acting, type SessionBody } from './transport'
