import encode from 'qr'
import decode from 'qr/decode.js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { reader } from '@/pieces/miniapps/scanner'

afterEach(() => { vi.unstubAllGlobals() })
const detector = (formats: string[], found: object[] = []) => vi.stubGlobal('BarcodeDetector', class { static getSupportedFormats = async () => formats; detect = async () => found })

describe('reading codes', () => {
  it('what the share sheet draws can be read again, Chinese too', () => {
    const text = 'https://shell.example/apps/ah340100gjj/apply.html?名=公积金#x'
    const rows = encode(text, 'raw', { ecc: 'medium', border: 2, scale: 6 })
    const size = rows.length
    const data = new Uint8ClampedArray(size * size * 4).fill(255)
    rows.forEach((row, y) => row.forEach((dark, x) => { if (dark) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3) }))
    expect(decode({ width: size, height: size, data })).toBe(text)
  })
  it('uses the browser’s detector where it knows the kinds', async () => {
    detector(['qr_code', 'ean_13'], [{ rawValue: '690', format: 'ean_13' }])
    const read = await reader(['qr', 'bar'])
    expect(await read({} as HTMLVideoElement)).toEqual({ text: '690', kind: 'bar' })
  })
  it('reads nothing rather than something else', async () => {
    detector(['qr_code'], [])
    expect(await (await reader(['qr']))({} as HTMLVideoElement)).toBeNull()
  })
  it('says so when bar codes cannot be read here', async () => {
    detector([])
    await expect(reader(['bar'])).rejects.toThrow()
    await expect(reader(['qr'])).resolves.toBeTypeOf('function')
  })
})
