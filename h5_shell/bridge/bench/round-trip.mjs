// How long a call takes from a page to the shell and back, in a real browser: one after another,
// first the free kind, then one that goes through every check of the gate.
//   node bench/round-trip.mjs [calls]        prints one line of JSON a kind, times in ms
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const CALLS = Number(process.argv[2] || 1000)
const GOAL_P95_MS = 10
const root = fileURLToPath(new URL('..', import.meta.url))
const { module } = await runnerImport(`${root}/tests/browser/harness.ts`, { root, configFile: false, logLevel: 'error' })

async function measure(frame, method) {
  const times = await frame.evaluate(async ([name, times]) => {
    const taken = []
    for (let i = 0; i < times; i += 1) {
      const began = performance.now()
      await window.wanshi.invoke(name, {})
      taken.push(performance.now() - began)
    }
    return taken.sort((a, b) => a - b)
  }, [method, CALLS])
  const at = share => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2))
  return { method, calls: CALLS, p50: at(0.5), p95: at(0.95), p99: at(0.99), goal_p95: GOAL_P95_MS }
}

const harness = new module.Harness()
let slow = false
try {
  await harness.start()
  const frame = await harness.open({ dialects: [], rate: 1e9 })
  for (const method of ['ah.region.get', 'ah.auth.getUser']) {
    const result = await measure(frame, method)
    slow ||= result.p95 >= GOAL_P95_MS
    console.log(JSON.stringify(result))
  }
} finally {
  await harness.stop()
}
process.exitCode = slow ? 1 : 0
