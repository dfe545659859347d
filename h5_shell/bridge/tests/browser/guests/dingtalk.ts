import * as dd from 'dingtalk-jsapi'
// 政务钉钉's platforms, which its own entry adds.
import 'dingtalk-jsapi/platform/gdt'

Object.assign(window, { sdk: dd })
