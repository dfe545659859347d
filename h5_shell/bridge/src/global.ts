import { connect } from './connection'
import { createGuest } from './guest'
import { watchPage } from './watching'

Object.assign(window, { wanshi: createGuest(window) })
watchPage(window, connect(window).invoke)
