import { useRouter } from 'vue-router'

/** Back within the app; people who came by a link go to the page above instead of out of the app. */
export function useBack() {
  const router = useRouter()
  return (fallback: string) => {
    if (window.history.state?.back) router.back()
    else void router.replace(fallback)
  }
}

/** A return address from the query, only if it stays in this app. */
export function safeBack(value: unknown, fallback = '/'): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : fallback
}
