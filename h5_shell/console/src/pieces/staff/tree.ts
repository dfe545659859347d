export interface Branch { id: string; parent_id: string | null; name: string }

/** A tree as rows: each below the one it belongs to; whose parent is out of sight stands at the top. */
export function indented<T extends Branch>(items: T[]): { item: T; depth: number }[] {
  const known = new Set(items.map(d => d.id))
  const below = new Map<string, T[]>()
  for (const d of items) {
    const at = d.parent_id && known.has(d.parent_id) ? d.parent_id : ''
    below.set(at, [...(below.get(at) ?? []), d])
  }
  const rows: { item: T; depth: number }[] = []
  const walk = (at: string, depth: number) => {
    for (const item of below.get(at) ?? []) {
      rows.push({ item, depth })
      walk(item.id, depth + 1)
    }
  }
  walk('', 0)
  return rows
}
