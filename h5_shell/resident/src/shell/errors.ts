import { computed, ref } from 'vue'

type Found = Record<string, string | undefined>

/** Findings beside their boxes: from the first try on they follow what is typed, so mending one clears it. */
export function useErrors(check: () => Found) {
  const tried = ref(false)
  /** What the server found; it stands until the next try. */
  const told = ref<Found>({})
  const errors = computed<Found>(() => (tried.value ? { ...told.value, ...check() } : told.value))
  function right(): boolean {
    tried.value = true
    told.value = {}
    return !Object.values(check()).some(Boolean)
  }
  function forget() {
    tried.value = false
    told.value = {}
  }
  return { errors, told, right, forget }
}
