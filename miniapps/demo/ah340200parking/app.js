// 芜湖停车: find a car park, stand on a bay, see what it costs, leave.
(function () {
  'use strict'
  var $ = function (id) { return document.getElementById(id) }
  var container = window.container
  var session = ''
  var settled = null
  var ticking = 0

  function dress(style) { document.documentElement.dataset.ui = style === 'elder' ? 'elder' : 'normal' }
  if (window.wanshi) {
    window.wanshi.ready.then(function (context) { dress(context.uiStyle) }, function () {})
    window.wanshi.on('uiStyle', dress)
    window.wanshi.ui.setTitle('芜湖停车').catch(function () {})
  }

  var backEnd = fetch('app.json').then(function (r) { return r.json() }).then(function (m) { return m.network.request[0] })

  function call(method, path, body) {
    return backEnd.then(function (base) {
      return fetch(base + '/parking' + path, {
        method: method,
        headers: { 'content-type': 'application/json', authorization: 'Bearer ' + session },
        body: body ? JSON.stringify(body) : undefined
      })
    }).then(function (reply) {
      return reply.json().then(function (told) {
        if (reply.ok) return told
        if (reply.status === 401) show('welcome')
        throw new Error(told.title || '现在办不了，请稍后再试')
      })
    }, function () { throw new Error('网络不通，请检查后再试') })
  }

  function say(error) { $('refused').textContent = error ? error.message : '' }
  function yuan(fen) { return (fen / 100).toFixed(2) }
  function show(which) {
    ['welcome', 'begin', 'stay'].forEach(function (id) { $(id).hidden = id !== which })
  }
  function busy(button, work) {
    button.disabled = true
    say(null)
    return work().catch(say).then(function () { button.disabled = false })
  }

  function row(name, more, end) {
    var li = document.createElement('li')
    var said = document.createElement('span')
    said.append(Object.assign(document.createElement('b'), { textContent: name }), Object.assign(document.createElement('small'), { textContent: more }))
    li.append(said)
    if (end) li.append(Object.assign(document.createElement('em'), { textContent: end }))
    return li
  }

  function showStay(stay) {
    $('s-plate').textContent = stay.plate
    $('s-park').textContent = stay.park
    $('s-bay').textContent = stay.bay
    $('s-since').textContent = stay.since
    $('s-minutes').textContent = stay.minutes + ' 分钟'
    $('s-fee').textContent = yuan(stay.fen)
    show('stay')
  }

  function refresh() {
    clearTimeout(ticking)
    return call('GET', '/stays').then(function (told) {
      var now = told.stays.filter(function (s) { return s.state === 'parked' })[0]
      var over = told.stays.filter(function (s) { return s.state !== 'parked' })
      $('past').hidden = false
      $('stays').replaceChildren.apply($('stays'), over.length
        ? over.map(function (s) { return row(s.park, s.plate + '，' + s.since, yuan(s.fen) + ' 元') })
        : [row('还没有停车记录', '', '')])
      if (now) {
        showStay(now)
        ticking = setTimeout(function () { refresh().catch(say) }, 30000)
      } else show('begin')
    })
  }

  $('sign-in').addEventListener('click', function () {
    busy($('sign-in'), function () {
      return container('UserPlugin.login').then(function (told) { return call('POST', '/sessions', { token: told.token }) })
        .then(function (told) { session = told.session; return container('StoragePlugin.get', { key: 'plate' }) })
        .then(function (kept) { if (kept.value) $('plate').value = kept.value; return refresh() })
    })
  })

  $('scan').addEventListener('click', function () {
    busy($('scan'), function () {
      return container('QRCodePlugin.scanCode').then(function (found) { $('bay').value = (found.text.match(/WH-[A-Z]{2}-[A-D]\d{3}/) || [found.text])[0] })
    })
  })

  $('begin').addEventListener('submit', function (event) {
    event.preventDefault()
    var plate = $('plate').value.trim().toUpperCase()
    busy(event.submitter || $('scan'), function () {
      return call('POST', '/stays', { plate: plate, bay: $('bay').value.trim().toUpperCase() }).then(function (stay) {
        $('receipt').hidden = true
        $('bay').value = ''
        showStay(stay)
        $('stay-title').focus()
        return container('StoragePlugin.add', { key: 'plate', value: plate })
      })
    })
  })

  $('end').addEventListener('click', function () {
    busy($('end'), function () {
      return call('POST', '/stays/end').then(function (stay) {
        settled = stay
        $('r-said').textContent = stay.park + '，停放 ' + stay.minutes + ' 分钟，共 ' + yuan(stay.fen) + ' 元（演示，不扣款）。凭证号 ' + stay.number + '。'
        $('receipt').hidden = false
        $('saved').textContent = ''
        return refresh()
      }).then(function () { $('r-title').focus() })
    })
  })

  function drawn(stay) {
    var paper = Object.assign(document.createElement('canvas'), { width: 640, height: 420 })
    var pen = paper.getContext('2d')
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, 640, 420)
    pen.fillStyle = '#13233d'
    pen.font = '600 34px sans-serif'
    pen.fillText('芜湖停车凭证（演示）', 40, 70)
    pen.font = '26px sans-serif'
    var lines = ['凭证号：' + stay.number, '车牌：' + stay.plate, '停车场：' + stay.park, '泊位：' + stay.bay, '开始：' + stay.since, '费用：' + yuan(stay.fen) + ' 元']
    lines.forEach(function (line, at) { pen.fillText(line, 40, 130 + at * 46) })
    return paper.toDataURL('image/png')
  }
  $('save').addEventListener('click', function () {
    busy($('save'), function () {
      return container('UtilPlugin.saveImg', { url: drawn(settled) }).then(function () { $('saved').textContent = '已保存到手机。' })
    })
  })

  $('near').addEventListener('click', function () {
    $('near-said').textContent = '正在定位…'
    busy($('near'), function () {
      return container('BaiduMapPlugin.getLocation').then(function (place) {
        return call('POST', '/parks', { longitude: Number(place.longitude), latitude: Number(place.latitude) })
      }).then(function (told) {
        $('near-said').textContent = '离您最近的 ' + told.parks.length + ' 处：'
        $('parks').replaceChildren.apply($('parks'), told.parks.map(function (p) {
          var far = p.metres < 1000 ? p.metres + ' 米' : (p.metres / 1000).toFixed(1) + ' 公里'
          return row(p.name, p.address + '，约 ' + far, '余 ' + p.free)
        }))
      }, function (error) { $('near-said').textContent = '没有找到：' + error.message })
    })
  })
})()
