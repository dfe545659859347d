// @ts-check
import { parseArgs } from 'node:util'
import { commands } from './commands.mjs'
import { Told } from './told.mjs'
import * as ui from './ui.mjs'

/**
 * Runs one command; the exit code says how it went: 0 well, 1 refused or found wanting, 2 misused.
 * @param {string[]} words
 */
export async function main(words) {
  const [name, ...rest] = words
  if (!name || name === 'help' || name === '--help' || name === '-h') return help(rest[0])
  const command = commands[name]
  if (!command) {
    ui.error(`没有命令 ${name}`)
    help()
    return 2
  }
  try {
    const { values, positionals } = parseArgs({ args: rest, options: { ...command.options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
    if (values.help) return help(name)
    return (await command.run({ values, positionals })) ?? 0
  } catch (error) {
    if (error instanceof Told) {
      ui.error(error.message)
      for (const line of error.more) ui.line(`  ${line}`)
      return 1
    }
    if (/** @type {any} */ (error)?.code?.startsWith?.('ERR_PARSE_ARGS')) {
      ui.error(`参数不正确：${/** @type {Error} */ (error).message}`)
      help(name)
      return 2
    }
    throw error
  }
}

function help(name = '') {
  const one = commands[name]
  if (one) {
    ui.line(`用法：ahmini ${name} ${one.usage}`.trimEnd())
    ui.line(`\n${one.about}`)
    for (const [option, { note }] of Object.entries(one.options)) ui.line(`  --${option.padEnd(12)} ${note ?? ''}`)
    return 0
  }
  ui.line('万事小程序命令行\n\n用法：ahmini <命令> [参数]\n')
  for (const [key, command] of Object.entries(commands)) ui.line(`  ${key.padEnd(11)} ${command.about.split('。')[0]}`)
  ui.line('\nahmini help <命令> 看详细说明')
  return 0
}
