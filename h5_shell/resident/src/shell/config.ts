import own from '../../shell.json'

/** One column of the tab bar; the province names all but the local ones (R-POR-16). */
export interface Column { key: 'home' | 'services' | 'messages' | 'mine' | 'local'; title: string; to: string; icon?: string; title_en?: string }
export interface ShellConfig {
  name: string
  short_name: string
  /** Whose shell this is. */
  region: { code: string; name: string }
  /** Whose services are shown first to who has chosen none. */
  home_city: { code: string; name: string }
  motto: string
  sdk_version: string
  theme: { primary: string; accent: string }
  logo: string
  columns: Column[]
}
/** The build puts another city's file in its place (`SHELL_CONFIG`). */
export const shell = own as ShellConfig

const ICONS: Record<Column['key'], string> = { home: 'home', services: 'grid', messages: 'bell', mine: 'person', local: 'star' }
export const iconOf = (column: Column) => column.icon ?? ICONS[column.key]
/** The column a page belongs to; pages below it have none. */
export const columnAt = (path: string) => shell.columns.find(c => c.to === path && !path.startsWith('/apps/'))
