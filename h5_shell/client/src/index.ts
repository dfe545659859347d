export { api, ok, type Schemas } from './api'
export { ApiProblem, messageOf, type FieldError } from './problem'
export { http, seg } from './http'
export { listen, onSession, refreshSession, setToken, upload, type SessionBody } from './transport'
