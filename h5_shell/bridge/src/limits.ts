/** What one guest may send: how much at once, how often, how many calls open. */
export const LONGEST_TEXT = 64 * 1024
export const LARGEST_FILE = 20 * 1024 * 1024
export const CALLS_A_SECOND = 50
export const OPEN_CALLS = 32
const DEEPEST = 32

/** True when params are more than a call may carry, or cannot be read as plain data and files. */
export function tooLarge(params: unknown): boolean {
  let text = 0
  let files = 0
  function weigh(value: unknown, depth: number): void {
    if (depth > DEEPEST || text > LONGEST_TEXT) throw new RangeError()
    if (typeof value === 'string') text += value.length
    else if (typeof Blob !== 'undefined' && value instanceof Blob) files += value.size
    else if (Array.isArray(value)) value.forEach(item => weigh(item, depth + 1))
    else if (value && typeof value === 'object') {
      const plain = Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
      // Maps, buffers and errors survive a port, but no method takes them.
      if (!plain) throw new TypeError()
      Object.keys(value).forEach(key => {
        text += key.length
        weigh((value as Record<string, unknown>)[key], depth + 1)
      })
    } else text += 8
  }
  try {
    weigh(params, 0)
  } catch {
    return true
  }
  return text > LONGEST_TEXT || files > LARGEST_FILE
}

/** Counts one guest's calls in windows of a second. */
export class Pace {
  private windowStart = 0
  private inWindow = 0
  private readonly perSecond: number
  constructor(perSecond: number) {
    this.perSecond = perSecond
  }
  tooFast(now: number = Date.now()): boolean {
    if (now - this.windowStart >= 1000 || now < this.windowStart) {
      this.windowStart = now
      this.inWindow = 0
    }
    this.inWindow += 1
    return this.inWindow > this.perSecond
  }
}
