import { createGuest } from './guest'

Object.assign(window, { wanshi: createGuest(window) })
