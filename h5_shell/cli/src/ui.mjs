// @ts-check
/** What people see in the terminal: plain where it is no terminal or colours are not wanted. */
const coloured = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR
const paint = (/** @type {number} */ code) => (/** @type {string} */ text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)
export const bold = paint(1)
export const dim = paint(2)
export const red = paint(31)
export const green = paint(32)
export const yellow = paint(33)

/** @param {string} text */
export const line = text => { process.stdout.write(`${text}\n`) }
/** @param {string} text */
export const done = text => line(`${green('✓')} ${text}`)
/** @param {string} text */
export const warn = text => line(`${yellow('!')} ${text}`)
/** @param {string} text */
export const error = text => { process.stderr.write(`${red('✗')} ${text}\n`) }

/**
 * Long work: what is being done, and for how long. One line that changes in a terminal, a line at
 * the start and end elsewhere.
 * @template T @param {string} what @param {(say: (more: string) => void) => Promise<T>} work
 */
export async function progress(what, work) {
  const began = performance.now()
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1)
  let more = ''
  const draw = () => process.stdout.write(`\r\u001b[K${dim('…')} ${what}${more && `：${more}`} ${dim(`${seconds()} 秒`)}`)
  const timer = coloured ? setInterval(draw, 120) : null
  if (!coloured) line(`… ${what}`)
  try {
    const outcome = await work(said => { more = said })
    if (coloured) process.stdout.write('\r\u001b[K')
    done(`${what} ${dim(`${seconds()} 秒`)}`)
    return outcome
  } catch (problem) {
    if (coloured) process.stdout.write('\r\u001b[K')
    throw problem
  } finally {
    if (timer) clearInterval(timer)
  }
}

/** Columns by what they show: a Chinese letter is two wide. @param {string[][]} rows */
export function table(rows) {
  const width = (/** @type {string} */ text) => [...text].reduce((sum, c) => sum + (/[\u1100-\uffdc]/.test(c) ? 2 : 1), 0)
  const widest = rows[0].map((_, column) => Math.max(...rows.map(row => width(row[column] ?? ''))))
  rows.forEach((row, at) => {
    const text = row.map((cell, column) => cell + ' '.repeat(widest[column] - width(cell))).join('  ').trimEnd()
    line(at === 0 ? bold(text) : text)
  })
}

/** @typedef {{code: string, level: 'error'|'warning'|'note', path: string, line?: number|null, message: string}} Finding */
/** Findings for people, worst first; answers whether there is an error. @param {Finding[]} found */
export function findings(found) {
  const words = { error: red('必须修改'), warning: yellow('建议修改'), note: dim('提示') }
  const rank = { error: 0, warning: 1, note: 2 }
  for (const one of [...found].sort((a, b) => rank[a.level] - rank[b.level])) {
    line(`  ${words[one.level]} ${one.path}${one.line ? `:${one.line}` : ''}  ${one.message} ${dim(one.code)}`)
  }
  const errors = found.filter(one => one.level === 'error').length
  if (!found.length) done('没有发现问题')
  else line(`  共 ${found.length} 项，其中 ${errors} 项必须修改`)
  return errors > 0
}
