/** Finds a code in a picture: by the browser's own detector where there is one, else by ours (QR only). */
export interface Found { text: string; kind: 'qr' | 'bar' }
interface Detected { rawValue: string; format: string }
interface Detector { detect: (source: CanvasImageSource | ImageData) => Promise<Detected[]> }
declare global {
  interface Window { BarcodeDetector?: { new (options?: { formats: string[] }): Detector; getSupportedFormats: () => Promise<string[]> } }
}
const BARS = ['ean_13', 'ean_8', 'code_128', 'code_39', 'itf', 'upc_a']
/** Larger pictures only take longer. */
const LONGEST_SIDE = 1280

export type Reader = (source: HTMLVideoElement | ImageBitmap) => Promise<Found | null>

async function detector(kinds: Found['kind'][]): Promise<Detector | null> {
  if (!window.BarcodeDetector) return null
  const known: string[] = await window.BarcodeDetector.getSupportedFormats().catch(() => [])
  const formats = [...(kinds.includes('qr') ? ['qr_code'] : []), ...(kinds.includes('bar') ? BARS : [])].filter(f => known.includes(f))
  // A detector without QR codes (no models on this system) is worse than ours.
  return formats.length && (formats.includes('qr_code') || !kinds.includes('qr')) ? new window.BarcodeDetector({ formats }) : null
}
function pixels(source: HTMLVideoElement | ImageBitmap, canvas: HTMLCanvasElement): ImageData | null {
  const [w, h] = source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height]
  const ratio = Math.min(1, LONGEST_SIDE / Math.max(w, h))
  canvas.width = Math.round(w * ratio)
  canvas.height = Math.round(h * ratio)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context || !canvas.width) return null
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

/** Rejects where no code of these kinds can be read at all. */
export async function reader(kinds: Found['kind'][]): Promise<Reader> {
  const native = await detector(kinds)
  if (native) {
    return async source => {
      const [found] = await native.detect(source).catch(() => [])
      return found ? { text: found.rawValue, kind: found.format === 'qr_code' ? 'qr' : 'bar' } : null
    }
  }
  if (!kinds.includes('qr')) throw new Error('no bar codes here')
  const { default: decode } = await import('qr/decode.js')
  const canvas = document.createElement('canvas')
  return async source => {
    const image = pixels(source, canvas)
    if (!image) return null
    try { return { text: decode(image), kind: 'qr' } } catch { return null }
  }
}
