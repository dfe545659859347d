// 亳州公租房: a ticket from the shell goes to our own back end, which alone may exchange it.
(function () {
  'use strict'
  var $ = function (id) { return document.getElementById(id) }

  function dress(style) { document.documentElement.dataset.ui = style === 'elder' ? 'elder' : 'normal' }
  wanshi.ready.then(function (context) { dress(context.uiStyle) })
  wanshi.device.getUiStyle().then(function (told) { dress(told.uiStyle) }, function () {})
  wanshi.on('uiStyle', dress)
  wanshi.ui.setTitle('亳州公租房').catch(function () {})

  // The manifest is the one place that names our back end, and the policy follows the manifest.
  var backEnd = fetch('app.json').then(function (r) { return r.json() }).then(function (m) { return m.network.request[0] })

  function call(path, options) {
    return backEnd.then(function (base) { return fetch(base + path, options) }).then(function (reply) {
      return reply.json().then(function (body) {
        if (!reply.ok) throw new Error(body.title || '登录没有成功')
        return body
      })
    })
  }

  function step(one) {
    var row = document.createElement('li')
    row.textContent = one.name
    if (one.done) row.className = 'done'
    if (one.now) {
      row.className = 'now'
      row.setAttribute('aria-current', 'step')
      var mark = document.createElement('small')
      mark.textContent = '正在办理'
      row.append(mark)
    }
    return row
  }

  function showMine(me, mine) {
    $('m-title').textContent = me.greeting
    $('tier').textContent = me.tier_name
    $('number').textContent = mine.number
    $('ahead').textContent = mine.ahead
    $('steps').replaceChildren.apply($('steps'), mine.steps.map(step))
    $('welcome').hidden = true
    $('mine').hidden = false
    $('m-title').focus()
  }

  // The page learns no more than the shell shows: part of the name, and only when asked to.
  function callMe() {
    wanshi.auth.getUser().then(function (user) {
      $('m-title').textContent = '您好，' + (user.name || '住户')
      $('call-me').hidden = true
      $('m-title').focus()
    }, function (error) {
      if (error.code === 'person.refused') $('call-me').textContent = '没有关系，编号也能查看'
      else $('call-me').textContent = '现在取不到称呼，请稍后再试'
    })
  }
  $('call-me').addEventListener('click', callMe)

  function signIn() {
    var button = $('sign-in')
    button.disabled = true
    button.textContent = '正在登录…'
    $('refused').textContent = ''
    wanshi.auth.getTicket().then(function (given) {
      return call('/sessions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ticket: given.ticket })
      })
    }).then(function (me) {
      return call('/application', { headers: { authorization: 'Bearer ' + me.session } })
        .then(function (mine) { showMine(me, mine) })
    }).catch(function (error) {
      $('refused').textContent = error.message || '登录没有成功，请再试一次'
      button.disabled = false
      button.textContent = '登录查看'
    })
  }
  $('sign-in').addEventListener('click', signIn)
})()
