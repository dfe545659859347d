import { ref, shallowRef } from 'vue'
import { recall, remember } from '@/stores/memory'
import { shell } from '@/shell/config'
import { zh, type Words } from './zh'

/** The shell's own words. What the server or an app says stays as it came. */
export type Lang = 'zh-CN' | 'en'
export const lang = ref<Lang>('zh-CN')
const table = shallowRef<Words>(zh)

export function t(word: keyof Words, given: Record<string, string | number> = {}): string {
  return table.value[word].replace(/\{(\w+)\}/g, (_, name: string) => String(given[name] ?? (name === 'shell' ? shell.name : '')))
}

/** English is fetched when it is asked for: nobody else has to carry it. */
export async function speak(wanted: Lang): Promise<void> {
  table.value = wanted === 'en' ? (await import('./en')).en : zh
  lang.value = wanted
  document.documentElement.lang = wanted
  remember('lang', wanted)
}
export const spoken = (): Lang => (recall('lang') === 'en' ? 'en' : 'zh-CN')
