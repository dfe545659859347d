// @ts-check
/** Something the person at the keyboard can mend: told in a sentence, never as a stack. */
export class Told extends Error {
  /** @param {string} message @param {string[]} more */
  constructor(message, more = []) {
    super(message)
    this.more = more
  }
}
