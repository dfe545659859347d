import { createGuest } from './guest'

(window as unknown as { wanshi: unknown }).wanshi = createGuest(window)
