import wx from 'weixin-js-sdk'

Object.assign(window, { sdk: wx })
