import { computed, onBeforeUnmount, ref } from 'vue'

/** Seconds left until a moment; ticks while somebody looks. */
export function useCountdown() {
  const left = ref(0)
  let until = 0
  let timer = 0
  const tick = () => {
    left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000))
    if (left.value === 0) clearInterval(timer)
  }
  function startFor(seconds: number) {
    until = Date.now() + seconds * 1000
    clearInterval(timer)
    timer = window.setInterval(tick, 500)
    tick()
  }
  onBeforeUnmount(() => clearInterval(timer))
  const running = computed(() => left.value > 0)
  return { left, running, startFor }
}
