// @vitest-environment node
// One file, one browser: each suite opens apps of its own origin in it.
import { afterAll, beforeAll } from 'vitest'
import { Harness } from './harness'
import { anhui } from './suites/anhui'
import { standsAlone } from './suites/isolation'
import { mobile } from './suites/mobile'
import { surroundings } from './suites/surroundings'
import { weixin } from './suites/weixin'
import { zhejiang } from './suites/zhejiang'

const harness = new Harness()
beforeAll(() => harness.start(), 60000)
afterAll(() => harness.stop())

standsAlone(harness)
zhejiang(harness)
anhui(harness)
weixin(harness)
mobile(harness)
surroundings(harness)
