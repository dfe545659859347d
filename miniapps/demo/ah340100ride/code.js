// The code itself: a ticket by the container's getAuthCode, then codes our back end signs.
(function () {
  'use strict'
  var $ = function (id) { return document.getElementById(id) }
  var session = ''
  var until = 0
  var life = 1
  var asking = false

  // The manifest is the one place that names our back end, and the policy follows the manifest.
  var backEnd = fetch('app.json').then(function (r) { return r.json() }).then(function (m) { return m.network.request[0] })

  function call(method, path, body) {
    return backEnd.then(function (base) {
      return fetch(base + '/ride' + path, {
        method: method,
        headers: { 'content-type': 'application/json', authorization: 'Bearer ' + session },
        body: body ? JSON.stringify(body) : undefined
      })
    }).then(function (reply) {
      return reply.json().then(function (told) {
        if (reply.ok) return told
        if (reply.status === 401) close()
        throw new Error(told.title || '现在用不了，请稍后再试')
      })
    }, function () { throw new Error('网络不通，请检查后再试') })
  }

  function authCode() {
    return new Promise(function (resolve, reject) {
      if (!window.AlipayJSBridge) { reject(new Error('请在万事里打开')); return }
      window.AlipayJSBridge.call('getAuthCode', { scopeNicks: ['auth_base'] }, function (told) {
        if (told.authCode) resolve(told.authCode)
        else reject(new Error(told.errorMessage || '没有登录'))
      })
    })
  }

  function yuan(fen) { return (fen / 100).toFixed(2) }

  function close() {
    session = ''
    $('opened').hidden = true
    $('closed').hidden = false
    $('rides').hidden = true
  }

  function renew() {
    if (asking || !session) return Promise.resolve()
    asking = true
    return call('POST', '/codes').then(function (told) {
      $('qr').src = told.picture
      // Turnstiles of the test bench read it here; a camera reads the picture.
      $('qr').dataset.code = told.code
      life = told.seconds
      until = Date.now() + told.seconds * 1000
      $('again').hidden = true
      $('money').textContent = yuan(told.left_fen)
      $('refused').textContent = ''
      return rides()
    }).catch(function (error) {
      $('again').hidden = false
      $('refused').textContent = error.message
    }).then(function () { asking = false })
  }

  function rides() {
    return call('GET', '/rides').then(function (told) {
      $('money').textContent = yuan(told.left_fen)
      $('rides').hidden = false
      $('ridden').replaceChildren.apply($('ridden'), told.rides.length ? told.rides.map(ride) : [row('还没有乘车记录', '', '')])
    })
  }
  function ride(one) { return row(one.station, one.at, '−' + yuan(one.fen)) }
  function row(name, at, money) {
    var li = document.createElement('li')
    var said = document.createElement('span')
    said.textContent = name
    if (at) said.append(Object.assign(document.createElement('small'), { textContent: at }))
    li.append(said, money)
    return li
  }

  function count() {
    if (!session) return
    var left = Math.max(0, (until - Date.now()) / 1000)
    $('left').style.width = (left / life * 100) + '%'
    $('fresh').textContent = left > 0 ? '一码一次，30 秒自动更换' : '正在更换…'
    // A little before the end: nobody should stand at a turnstile with a code that just died.
    if (left < 3 && document.visibilityState === 'visible') renew()
  }
  setInterval(count, 1000)
  document.addEventListener('visibilitychange', function () { if (document.visibilityState === 'visible') count() })
  $('again').addEventListener('click', renew)

  $('open').addEventListener('click', function () {
    var button = $('open')
    button.disabled = true
    button.textContent = '正在登录…'
    $('refused').textContent = ''
    authCode().then(function (code) { return call('POST', '/sessions', { auth_code: code }) }).then(function (told) {
      session = told.session
      $('closed').hidden = true
      $('opened').hidden = false
      return renew()
    }).catch(function (error) { $('refused').textContent = error.message }).then(function () {
      button.disabled = false
      button.textContent = '出示乘车码'
    })
  })
})()
