import type { Bundle, BundleLine, Output } from '@/api/bundles'
import * as api from '@/api/bundles'
import { shortDay, weekday, type Tone } from '@/shell/format'
import type { Sheet, Store } from './draft'

/** A part of a plan or of a bundle, as far as its place among the others goes. */
export interface Placed { code: string; item_name: string; after: string[] }
/** The parts that begin together, in the order of their turns. */
export function turnsOf<T extends Placed>(parts: readonly T[]): T[][] {
  const known = new Map(parts.map(p => [p.code, p]))
  const depth = new Map<string, number>()
  const depthOf = (part: T, above: readonly string[]): number => {
    const found = depth.get(part.code)
    if (found !== undefined) return found
    // The server refuses circles; a page must not hang on one.
    const before = part.after.filter(code => known.has(code) && !above.includes(code)).map(code => known.get(code)!)
    const own = Math.max(-1, ...before.map(p => depthOf(p, [...above, part.code]))) + 1
    depth.set(part.code, own)
    return own
  }
  const turns: T[][] = []
  for (const part of parts) (turns[depthOf(part, [part.code])] ??= []).push(part)
  return turns.filter(Boolean)
}

const names = (codes: readonly string[], parts: readonly Placed[]) => codes.map(code => parts.find(p => p.code === code)?.item_name ?? code)
/** “核发甲、核发乙办好后开始”; nothing for what begins at once. */
export const waitsFor = (part: Placed, parts: readonly Placed[]): string => (part.after.length ? `${names(part.after, parts).join('、')}办好后开始` : '')
/** The way that takes longest, and so sets the joint last day. */
export const slowest = (path: readonly string[], parts: readonly Placed[]): string => (path.length > 1 ? names(path, parts).join(' → ') : '')
export const lastDay = (due: string | null | undefined): string => (due ? `最晚 ${shortDay(due)}（${weekday(due)}）全部办完` : '')
/** “营业执照 1 本，印章 5 枚” */
export const amounts = (outputs: readonly Pick<Output, 'name' | 'quantity' | 'unit'>[]): string => outputs.map(o => `${o.name} ${o.quantity} ${o.unit}`).join('，')

const TONES: Record<string, Tone> = { waiting: 'plain', running: 'info', approved: 'good', withdrawn: 'plain', skipped: 'plain', returned: 'plain' }
/** Colour only repeats what the words say; an ending without approval is a bad one. */
export const partTone = (part: { state: string; held_up: string }): Tone => (part.held_up ? 'wait' : TONES[part.state] ?? 'bad')
const BUNDLE_TONES: Record<string, Tone> = { draft: 'wait', running: 'info', finished: 'good' }
export const bundleTone = (state: string): Tone => BUNDLE_TONES[state] ?? 'plain'

/** Where a bundle stands in the list of cases. */
export type Shelf = 'all' | 'mine' | 'open' | 'over'
export function onShelf(bundle: BundleLine, shelf: Shelf): boolean {
  if (shelf === 'mine') return bundle.state === 'draft'
  if (shelf === 'open') return bundle.state === 'running'
  return shelf === 'all' || !['draft', 'running'].includes(bundle.state)
}

/** A task may be confirmed when all that it waits for is approved. */
export const taskReady = (task: Bundle['tasks'][number], bundle: Pick<Bundle, 'state' | 'pieces'>): boolean =>
  bundle.state === 'running' && !task.done_at && task.after.every(code => bundle.pieces.find(p => p.code === code)?.state === 'approved')
/** An output whose part was lost will not come. */
export const outputLost = (output: Output, pieces: Bundle['pieces']): boolean => {
  const state = pieces.find(p => p.code === output.part)?.state
  return state !== undefined && !['waiting', 'running', 'approved'].includes(state)
}

/** The one form and the one pool of papers, as the pages of a draft know them. */
export function sheetOf(bundle: Bundle): Sheet {
  const filling = bundle.filling
  if (!filling) throw new Error('a bundle that was handed in has no form')
  const { schema, ui_schema, data, sources } = filling
  const materials = filling.papers.map(p => ({
    ...p.material, code: p.key, required: p.required, max_files: 1, offered: undefined,
    // A promise is made in a single application; one made there still counts.
    commitment: p.material.commitment?.agreed_at ? p.material.commitment : undefined,
  }))
  return { item_name: bundle.name, version: bundle.version, schema, ui_schema, data, sources, missing: {}, materials }
}
/** Where the form of a bundle is read and saved; what the page has read already is not asked for twice. */
export function bundleStore(no: string, first?: Bundle): Store {
  let fresh = first
  return {
    async read() {
      const found = fresh ?? await api.one(no)
      fresh = undefined
      return sheetOf(found)
    },
    save: async (data, version) => sheetOf(await api.save(no, data, version)),
  }
}
