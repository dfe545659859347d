import { guide } from '@/api/items'

const known = new Map<string, string>()

/** Names of items by their codes; one that is gone keeps its code. */
export async function itemNames(codes: string[]): Promise<Record<string, string>> {
  const wanted = [...new Set(codes)].filter(code => code !== '*')
  await Promise.all(wanted.filter(code => !known.has(code)).map(async code => {
    const found = await guide(code).catch(() => null)
    if (found) known.set(code, found.name)
  }))
  return Object.fromEntries(wanted.map(code => [code, known.get(code) ?? code]))
}
