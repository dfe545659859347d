import { shortDay } from '@/shell/format'

/** Which authority a value comes from, and when it said so. */
export interface Source { source_name: string; as_of?: string; editable?: boolean }

export function sourceWords(source: Source): string {
  const since = source.as_of ? `，${shortDay(source.as_of)}取得` : ''
  return `来自${source.source_name}${since}${source.editable ? '，可以改' : ''}`
}
