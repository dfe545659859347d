// 皖事通, both containers, as our app met them: the old one by prompt, the new one by mPaaS' bridge.
(function () {
  'use strict'
  var waiting = 0

  function old(name, params, done, fail) {
    var parts = name.split('.')
    var answer = 'croodsAnswer' + (++waiting)
    window[answer] = function (said) {
      delete window[answer]
      if (said.code === 10000) done(JSON.parse(said.message))
      else fail({ code: said.code, message: said.message })
    }
    window.prompt('iflytek:' + JSON.stringify({ service: parts[0], action: parts[1], callback: answer, params: params }))
  }

  function fresh(name, params, done, fail) {
    window.AlipayJSBridge.call(name, params, function (said) {
      if (said && said.error) fail({ code: said.error, message: said.errorMessage })
      else done(said || {})
    })
  }

  // Plug-ins that were never moved to the new container are still asked the old way.
  var OLD_ONLY = ['StoragePlugin', 'UtilPlugin']

  window.container = function (name, params) {
    var isNew = navigator.userAgent.indexOf('wzt_mpaas') >= 0 && OLD_ONLY.indexOf(name.split('.')[0]) < 0
    return new Promise(function (resolve, reject) {
      (isNew ? fresh : old)(name, params || {}, resolve, function (error) {
        reject(Object.assign(new Error(error.message || '容器没有完成这一步'), { code: error.code }))
      })
    })
  }
})()
