import type { Words } from '@/words/zh'

/** `passed`: the server let the shell do it. */
const WORDS: Record<string, keyof Words> = { done: 'uses.done', passed: 'uses.done', refused: 'uses.refused', failed: 'uses.failed' }
/** How a use ended; an outcome we do not know yet is said to have happened. */
export const outcomeWord = (outcome: string): keyof Words => WORDS[outcome] ?? 'uses.done'
