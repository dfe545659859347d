/** A table as a file that office programs open rightly: UTF-8 with a BOM, CRLF, every cell quoted. */
export function csvOf(head: string[], rows: (string | number)[][]): string {
  // A leading =, +, -, @ would be run as a formula by the program that opens the file.
  const cell = (value: string | number) => {
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
    return `"${text.replaceAll('"', '""')}"`
  }
  return `\uFEFF${[head, ...rows].map(row => row.map(cell).join(',')).join('\r\n')}\r\n`
}

export function saveFile(name: string, text: string, type = 'text/csv;charset=utf-8') {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  // Not at once: some browsers have not begun to read it yet.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
