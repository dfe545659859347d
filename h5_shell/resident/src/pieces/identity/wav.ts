/** A recording as the speech service takes it: WAV, 16-bit, mono, 16 kHz (providers/speech.py). */
export const RATE = 16_000

export function wav(samples: Float32Array, rate = RATE): Blob {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2))
  const text = (at: number, s: string) => { for (let i = 0; i < s.length; i += 1) view.setUint8(at + i, s.charCodeAt(i)) }
  text(0, 'RIFF')
  view.setUint32(4, 36 + samples.length * 2, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true) // PCM
  view.setUint16(22, 1, true) // one channel
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, samples.length * 2, true)
  samples.forEach((s, i) => view.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, s)) * 32_767), true))
  return new Blob([view.buffer], { type: 'audio/wav' })
}

/** How loud a stretch is, 0 to 1, as the bar under the digits shows it. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (const s of samples) sum += s * s
  return Math.min(1, Math.sqrt(sum / Math.max(1, samples.length)) * 6)
}

/** Whatever the phone recorded, decoded, mixed down and brought to 16 kHz by the browser itself. */
export async function toWav(recorded: Blob): Promise<Blob> {
  const context = new AudioContext()
  try {
    const sound = await context.decodeAudioData(await recorded.arrayBuffer())
    const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(sound.duration * RATE)), RATE)
    const source = offline.createBufferSource()
    source.buffer = sound
    source.connect(offline.destination)
    source.start()
    return wav((await offline.startRendering()).getChannelData(0))
  } finally {
    void context.close()
  }
}
