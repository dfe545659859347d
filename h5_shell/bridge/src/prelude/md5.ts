/** MD5 (RFC 1321), which the mgop gateway's signature is made with; it protects nothing else. */
const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0)

function words(bytes: number[]): number[] {
  const padded = bytes.concat(0x80)
  while (padded.length % 64 !== 56) padded.push(0)
  const out: number[] = []
  for (let i = 0; i < padded.length; i += 4) {
    out.push((padded[i] as number) | (padded[i + 1] as number) << 8 | (padded[i + 2] as number) << 16 | (padded[i + 3] as number) << 24)
  }
  return out.concat(bytes.length << 3, Math.floor(bytes.length / 0x20000000))
}

/** One of the four rounds: what is mixed, and which word it takes. */
function mixed(i: number, [, b, c, d]: number[]): [number, number] {
  const [x, y, z] = [b, c, d] as [number, number, number]
  if (i < 16) return [(x & y) | (~x & z), i]
  if (i < 32) return [(z & x) | (~z & y), (5 * i + 1) % 16]
  if (i < 48) return [x ^ y ^ z, (3 * i + 5) % 16]
  return [y ^ (x | ~z), (7 * i) % 16]
}

export function md5(message: string): string {
  const all = words(Array.from(new TextEncoder().encode(message)))
  let sum = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let block = 0; block < all.length; block += 16) {
    let s = sum
    for (let i = 0; i < 64; i += 1) {
      const [f, at] = mixed(i, s)
      const turn = SHIFTS[(i >> 4) * 4 + i % 4] as number
      const t = ((s[0] as number) + f + (SINES[i] as number) + (all[block + at] as number)) | 0
      s = [s[3] as number, ((s[1] as number) + (t << turn | t >>> (32 - turn))) | 0, s[1] as number, s[2] as number]
    }
    sum = sum.map((n, i) => (n + (s[i] as number)) | 0)
  }
  return sum.map(n => [0, 8, 16, 24].map(by => (n >>> by & 255 | 256).toString(16).slice(1)).join('')).join('')
}
