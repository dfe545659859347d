import { api, ok, type Schemas } from '../client/api.ts'

export type StaffLine = Schemas['StaffLine']
export type StaffDetail = Schemas['StaffDetail']
export type StaffState = StaffLine['state']
export type StaffAction = StaffDetail['actions'][number]
export type Post = Schemas['PostView']
export type HistoryLine = Schemas['HistoryView']
export type Proposal = Schemas['ProposalView']
export type Role = Schemas['RoleView']
export type Code = Schemas['CodeView']
export type PostAsked = Schemas['PostAsked']
export type Department = Schemas['DepartmentView']
export type System = Schemas['auth__staff__schemas__SystemView']
export type SystemChanged = Schemas['auth__staff__schemas__SystemChanged']
export type SystemAsked = Schemas['auth__staff__schemas__SystemAsked']
export type Mapping = Schemas['MappingView']
export type MySystem = Schemas['MySystemView']
export type BindCode = Schemas['BindCodeView']

export interface StaffQuery { state?: StaffState | ''; q?: string; department?: string; role?: string; cursor?: string }

/** The version we saw: whoever acts on an older one is told instead of overruling a colleague. */
const match = (version: number) => ({ 'If-Match': `"${version}"` })
const who = (staff_id: string) => ({ params: { path: { staff_id } } })
const seen = (p: Pick<StaffDetail, 'id' | 'version'>) => ({ ...who(p.id), headers: match(p.version) })

export const roles = () => ok(api.GET('/staff/v1/staff-roles'))
export const list = (query: StaffQuery) => ok(api.GET('/staff/v1/staff', { params: { query } }))
export const read = (id: string) => ok(api.GET('/staff/v1/staff/{staff_id}', who(id)))
export const history = (id: string) => ok(api.GET('/staff/v1/staff/{staff_id}/history', who(id)))
export const open = (body: Schemas['OpenAsked']) => ok(api.POST('/staff/v1/staff', { body }))
export const transfer = (p: StaffDetail, post: PostAsked, reason: string) =>
  ok(api.POST('/staff/v1/staff/{staff_id}/transfer', { ...seen(p), body: { post, reason } }))
export const suspend = (p: StaffDetail, reason: string) => ok(api.POST('/staff/v1/staff/{staff_id}/suspend', { ...seen(p), body: { reason } }))
export const resume = (p: StaffDetail, reason: string) => ok(api.POST('/staff/v1/staff/{staff_id}/resume', { ...seen(p), body: { reason } }))
export const cancel = (p: StaffDetail, reason: string) => ok(api.POST('/staff/v1/staff/{staff_id}/cancel', { ...seen(p), body: { reason } }))
export const renewCode = (id: string) => ok(api.POST('/staff/v1/staff/{staff_id}/activation', who(id)))
export const activate = (login: string, code: string, password: string) => ok(api.POST('/staff/v1/activations', { body: { login, code, password } }))

const proposal = (proposal_id: string) => ({ params: { path: { proposal_id } } })
export const proposals = () => ok(api.GET('/staff/v1/staff-proposals'))
export const confirmProposal = (id: string) => ok(api.POST('/staff/v1/staff-proposals/{proposal_id}/confirm', proposal(id)))
export const refuseProposal = (id: string) => ok(api.POST('/staff/v1/staff-proposals/{proposal_id}/refuse', proposal(id)))

const department = (department_id: string) => ({ params: { path: { department_id } } })
export const departments = () => ok(api.GET('/staff/v1/departments'))
export const places = (id: string) => ok(api.GET('/staff/v1/departments/{department_id}/places', department(id)))
export const addDepartment = (body: Schemas['DepartmentAsked']) => ok(api.POST('/staff/v1/departments', { body }))
export const renameDepartment = (d: Department, name: string) =>
  ok(api.PUT('/staff/v1/departments/{department_id}', { ...department(d.id), headers: match(d.version), body: { name } }))
export const retireDepartment = (d: Department) =>
  ok(api.POST('/staff/v1/departments/{department_id}/retire', { ...department(d.id), headers: match(d.version) }))

const system = (system_id: string) => ({ params: { path: { system_id } } })
const seenSystem = (s: System) => ({ ...system(s.id), headers: match(s.version) })
export const systems = () => ok(api.GET('/staff/v1/department-systems'))
export const readSystem = (id: string) => ok(api.GET('/staff/v1/department-systems/{system_id}', system(id)))
export const addSystem = (body: SystemAsked) => ok(api.POST('/staff/v1/department-systems', { body }))
export const changeSystem = (s: System, body: SystemChanged) => ok(api.PUT('/staff/v1/department-systems/{system_id}', { ...seenSystem(s), body }))
export const retireSystem = (s: System) => ok(api.POST('/staff/v1/department-systems/{system_id}/retire', seenSystem(s)))
export const pushAgain = (id: string) => ok(api.POST('/staff/v1/department-systems/{system_id}/push-again', system(id)))
export const mappings = (system_id: string, cursor?: string) =>
  ok(api.GET('/staff/v1/department-systems/{system_id}/mappings', { params: { path: { system_id }, query: { cursor } } }))
export const unbind = (system_id: string, mapping_id: string, reason: string) =>
  ok(api.POST('/staff/v1/department-systems/{system_id}/mappings/{mapping_id}/unbind', { params: { path: { system_id, mapping_id } }, body: { reason } }))

export const mySystems = () => ok(api.GET('/staff/v1/my/department-systems'))
export const bindCode = (id: string) => ok(api.POST('/staff/v1/my/department-systems/{system_id}/bind-codes', system(id)))
export const unbindMine = (id: string) => ok(api.POST('/staff/v1/my/department-systems/{system_id}/unbind', system(id)))
