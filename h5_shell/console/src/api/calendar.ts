import { api, ok, type Schemas } from '../client/api.ts'

export type Day = Schemas['CalendarDayShape']
export type Year = Schemas['CalendarYearView']
export type Change = Schemas['CalendarChange']

const on = (year: number) => ({ params: { path: { year } } })
export const read = (year: number) => ok(api.GET('/staff/v1/calendar/{year}', on(year)))
export const imports = async (year: number) => (await ok(api.GET('/staff/v1/calendar/{year}/imports', on(year)))).items
export const replace = (year: number, body: Schemas['CalendarWanted']) => ok(api.PUT('/staff/v1/calendar/{year}', { ...on(year), body }))
