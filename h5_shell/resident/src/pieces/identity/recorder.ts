import { onBeforeUnmount, ref } from 'vue'
import { loudness, toWav } from './wav'

/** Six digits take about five seconds; slower readers get time, a forgotten microphone does not. */
const MOST_MS = 15_000
const BITS = 64_000

/** The microphone: start, see that it hears, stop, and have the recording. */
export function useRecorder() {
  const level = ref(0)
  const on = ref(false)
  let stop: (() => void) | null = null
  let stream: MediaStream | null = null
  let drop = false

  async function record(): Promise<Blob> {
    stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true } })
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS })
    const parts: Blob[] = []
    const context = new AudioContext()
    const ear = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(ear)
    const heard = new Float32Array(ear.fftSize)
    const look = setInterval(() => { ear.getFloatTimeDomainData(heard); level.value = loudness(heard) }, 100)
    const end = setTimeout(() => stop?.(), MOST_MS)
    try {
      await new Promise<void>((done, failed) => {
        recorder.ondataavailable = e => parts.push(e.data)
        recorder.onstop = () => done()
        recorder.onerror = () => failed(new Error('the recorder failed'))
        stop = () => { if (recorder.state !== 'inactive') recorder.stop() }
        recorder.start()
        on.value = true
        if (drop) stop()
      })
    } finally {
      clearInterval(look)
      clearTimeout(end)
      void context.close()
      release()
    }
    return toWav(new Blob(parts, { type: recorder.mimeType }))
  }
  function release() {
    stream?.getTracks().forEach(t => t.stop())
    stream = null
    stop = null
    on.value = false
    level.value = 0
  }
  onBeforeUnmount(() => { drop = true; stop?.(); release() })
  return { on, level, record, finish: () => stop?.() }
}

export const microphoneTrouble = (error: unknown) =>
  error instanceof DOMException && error.name === 'NotAllowedError'
    ? '没有得到麦克风许可。请在手机设置里允许使用麦克风，再试一次。'
    : '这部设备用不了麦克风。可以换一种方式。'
