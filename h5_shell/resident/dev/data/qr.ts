/** Looks like a QR code, says nothing: finder squares and a fixed scatter. */
export function qrLike(): string {
  const n = 33
  const cells: string[] = []
  let seed = Math.floor(Date.now() / 1000)
  const finder = (x: number, y: number) => `<path d="M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5z" fill-rule="evenodd"/><path d="M${x + 2} ${y + 2}h3v3h-3z"/>`
  for (let y = 0; y < n; y += 1) {
    for (let x = 0; x < n; x += 1) {
      const corner = (x < 8 && y < 8) || (x > n - 9 && y < 8) || (x < 8 && y > n - 9)
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      if (!corner && seed % 100 < 47) cells.push(`M${x} ${y}h1v1h-1z`)
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 ${n + 4} ${n + 4}" shape-rendering="crispEdges"><path fill="#fff" d="M-2-2h${n + 4}v${n + 4}h-${n + 4}z"/><path d="${cells.join('')}"/>${finder(0, 0)}${finder(n - 7, 0)}${finder(0, n - 7)}</svg>`
}
