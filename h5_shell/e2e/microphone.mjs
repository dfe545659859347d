// A scripted microphone (合成麦克风): it sounds the digits the page shows as telephone tones over
// a hum, which is what the speech simulator understands. The page's own recorder, resampler and
// WAV writer do the rest.
const LOW = [697, 770, 852, 941]
const HIGH = [1209, 1336, 1477]
const KEYS = ['123', '456', '789', '*0#']

/** Runs in the page; the camera's own getUserMedia stays for pictures. */
function microphone({ low, high, keys }) {
  const camera = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async wanted => {
    if (!wanted?.audio) return camera(wanted)
    const context = new AudioContext()
    const out = context.createMediaStreamDestination()
    const sound = (hertz, loud, from, until) => {
      const tone = context.createOscillator()
      const gain = context.createGain()
      tone.frequency.value = hertz
      gain.gain.value = loud
      tone.connect(gain).connect(out)
      tone.start(from)
      tone.stop(until)
    }
    const digits = [...document.querySelectorAll('.digits span')].map(d => d.textContent)
    const began = context.currentTime + 0.3
    digits.forEach((digit, i) => {
      const row = keys.findIndex(k => k.includes(digit))
      const at = began + i * 0.3
      sound(low[row], 0.25, at, at + 0.2)
      sound(high[keys[row].indexOf(digit)], 0.25, at, at + 0.2)
    })
    sound(130, 0.2, began, began + digits.length * 0.3)
    window.__spoken = new Promise(done => setTimeout(done, 500 + digits.length * 300))
    return out.stream
  }
}

export const giveMicrophone = context => context.addInitScript(microphone, { low: LOW, high: HIGH, keys: KEYS })
