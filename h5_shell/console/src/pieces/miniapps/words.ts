import type { App, Finding, Grey } from '#console/api/miniapps.ts'
import type { Tone } from '#console/pieces/cases/states.ts'

const TONES: Record<string, Tone> = {
  uploaded: 'info', checked: 'info', failed: 'bad', trial: 'info', submitted: 'wait', city_approved: 'wait', approved: 'info', refused: 'bad',
  grey: 'wait', halted: 'bad', released: 'good', rolled_back: 'bad',
}
export const stateTone = (state: string): Tone => TONES[state] ?? 'plain'
export const appTone = (state: App['state']): Tone => (state === 'active' ? 'good' : state === 'suspended' ? 'bad' : 'plain')

export const LEVELS = {
  error: { name: '必须修改', note: '改好并重新上传后才能提交审核', tone: 'bad' },
  warning: { name: '建议修改', note: '不影响提交，审核员会看到', tone: 'wait' },
  note: { name: '提示', note: '供参考', tone: 'plain' },
} as const
/** Findings by level, the gravest first; a file's findings stand together in the order of its lines. */
export function findingsByLevel(found: Finding[]) {
  const sorted = [...found].sort((a, b) => a.path.localeCompare(b.path) || (a.line ?? 0) - (b.line ?? 0))
  return (['error', 'warning', 'note'] as const).map(level => ({ level, ...LEVELS[level], items: sorted.filter(f => f.level === level) })).filter(g => g.items.length)
}
export const placeOf = (f: Finding) => (f.path ? `${f.path}${f.line ? ` 第 ${f.line} 行` : ''}` : '整个应用包')

const percent = (permille: number) => `${permille / 10}%`
/** A share as one says it: 25‰ is 2.5 %, one in forty. */
export function greyWords(permille: number): string {
  if (permille <= 0) return '0‰，不按比例放量，只给名单上的人'
  if (permille >= 1000) return '1000‰，即 100%，范围内的所有人'
  return `${permille}‰，即 ${percent(permille)}，${permille <= 200 ? `约每 ${Math.round(1000 / permille)} 人中 1 人` : `约每 10 人中 ${Math.min(9, Math.round(permille / 100))} 人`}`
}
export const errorWords = (permille: number) => `打开失败超过 ${permille}‰（${percent(permille)}）时自动暂停；15 分钟内打开满 20 次才判断`

/** How many may fail before a rollout stops by itself, and how it stands now. */
export function failing(g: Pick<Grey, 'opened' | 'failed' | 'error_permille'>): { words: string; tone: Tone } {
  if (!g.opened) return { words: '还没有人打开', tone: 'plain' }
  const share = Math.round((g.failed / g.opened) * 1000)
  const over = share > g.error_permille
  return { words: `失败率 ${percent(share)}，${over ? '超过' : '未超过'}上限 ${percent(g.error_permille)}${g.opened < 20 ? '（打开不足 20 次，尚不判断）' : ''}`, tone: over ? 'bad' : 'good' }
}

export const SYSTEMS: Record<string, string> = { android: '安卓', ios: '苹果', harmony: '鸿蒙', desktop: '电脑', other: '其他' }
/** The cities of the province (GB/T 2260); counties are typed by their own codes. */
export const CITIES: Record<string, string> = {
  340100: '合肥市', 340200: '芜湖市', 340300: '蚌埠市', 340400: '淮南市', 340500: '马鞍山市', 340600: '淮北市', 340700: '铜陵市', 340800: '安庆市',
  341000: '黄山市', 341100: '滁州市', 341200: '阜阳市', 341300: '宿州市', 341500: '六安市', 341600: '亳州市', 341700: '池州市', 341800: '宣城市',
}
export const regionName = (code: string) => CITIES[code] ?? code

export const seconds = (ms: number | null) => (ms === null ? '—' : `${(ms / 1000).toFixed(1)} 秒`)

export const MOST_BYTES = 20 * 1024 * 1024
/** Why a chosen file cannot be a package; nothing when it can. */
export function fileWrong(file: { name: string; size: number }): string {
  if (!/\.(zip|ahpkg)$/i.test(file.name)) return '请选择 .ahpkg 或 .zip 格式的应用包'
  if (!file.size) return '这个文件是空的'
  return file.size > MOST_BYTES ? '应用包不能超过 20 MB' : ''
}

/** Why residents report an app; the keys of miniapps/schemas. */
export const REPORT_REASONS: Record<string, string> = {
  broken: '打不开或出错', misleading: '内容与名称不符', illegal: '内容违规', privacy: '乱要个人信息', charges: '乱收费', other: '其他',
}
