// @ts-check
/** Every command by its name, in the order people meet them. */
import { check } from './commands/check.mjs'
import { dev } from './commands/dev.mjs'
import { importGbc } from './commands/import-gbc.mjs'
import { init } from './commands/init.mjs'
import { keygen, login, sign } from './commands/keys.mjs'
import { pack } from './commands/pack.mjs'
import { halt, release, resume, rollback } from './commands/release.mjs'
import { logs, status } from './commands/status.mjs'
import { submit, trial, upload, withdraw } from './commands/upload.mjs'

/**
 * @typedef {{values: Record<string, any>, positionals: string[]}} Words
 * @typedef {{usage: string, about: string, options: Record<string, {type: 'string'|'boolean', short?: string, note?: string}>, run: (words: Words) => Promise<number|void>}} Command
 * @type {Record<string, Command>}
 */
export const commands = {
  init, dev, check, pack, keygen, sign, login, upload, trial, submit, withdraw, status, release, halt, resume, rollback, logs, 'import-gbc': importGbc,
}

