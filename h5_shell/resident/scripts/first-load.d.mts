interface Chunk { file: string; css?: string[]; imports?: string[]; dynamicImports?: string[]; isEntry?: boolean }
export const MOST: number
export function filesOf(manifest: Record<string, Chunk>, entries: string[]): string[]
export function firstLoad(dist: string): { sizes: { file: string; size: number }[]; total: number }
