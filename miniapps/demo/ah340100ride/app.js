// 合肥乘车码, lines and stops: no sign-in, no network beyond its own files.
(function () {
  'use strict'
  var $ = function (id) { return document.getElementById(id) }
  var lines = { metro: [], bus: [] }
  var kind = 'metro'
  var chosen = 0

  // Written for mPaaS: its bridge comes with an event. Large type is 万事's own, told by its script.
  function bridged(then) {
    if (window.AlipayJSBridge) then(window.AlipayJSBridge)
    else document.addEventListener('AlipayJSBridgeReady', function () { then(window.AlipayJSBridge) }, { once: true })
  }
  function dress(style) { document.documentElement.dataset.ui = style === 'elder' ? 'elder' : 'normal' }
  if (window.wanshi) {
    window.wanshi.ready.then(function (context) { dress(context.uiStyle) }, function () {})
    window.wanshi.on('uiStyle', dress)
  }
  bridged(function (bridge) { bridge.call('setTitle', { title: '合肥乘车码' }) })

  function tick() {
    $('clock').textContent = new Date().toLocaleTimeString('zh-CN', { hour12: false })
  }
  tick()
  setInterval(tick, 1000)

  function make(tag, text, tone, name) {
    var node = document.createElement(tag)
    if (text) node.textContent = text
    if (tone) node.style.setProperty(name || '--tone', tone)
    return node
  }

  function passing(stop) {
    return lines.metro.concat(lines.bus).filter(function (l) { return l.stops.indexOf(stop) >= 0 })
  }

  function stopRow(stop, line) {
    var row = make('li', '', line.tone)
    row.append(make('b', stop))
    passing(stop).forEach(function (other) {
      if (other === line) return
      var mark = make('span', '换乘 ' + other.name, other.tone, '--other')
      mark.className = 'change'
      row.append(mark)
    })
    return row
  }

  function showLine() {
    var line = lines[kind][chosen]
    $('stops').replaceChildren.apply($('stops'), line.stops.map(function (s) { return stopRow(s, line) }))
    $('told').textContent = line.name + '：' + line.stops[0] + ' → ' + line.stops[line.stops.length - 1]
  }

  function showFound(word) {
    var rows = []
    lines.metro.concat(lines.bus).forEach(function (line) {
      line.stops.forEach(function (stop) {
        if (stop.indexOf(word) < 0 && line.name.indexOf(word) < 0) return
        var row = make('li', '', line.tone)
        row.append(make('b', stop))
        var mark = make('span', line.name, line.tone, '--other')
        mark.className = 'change'
        row.append(mark)
        rows.push(row)
      })
    })
    $('stops').replaceChildren.apply($('stops'), rows)
    $('told').textContent = rows.length ? '找到 ' + rows.length + ' 处' : '没有找到“' + word + '”，换个站名试试'
  }

  function show() {
    var word = $('word').value.trim()
    $('lines').hidden = Boolean(word)
    if (word) showFound(word)
    else showLine()
  }

  function showLines() {
    var buttons = lines[kind].map(function (line, at) {
      var button = make('button', line.name, line.tone)
      button.type = 'button'
      button.setAttribute('aria-pressed', String(at === chosen))
      button.addEventListener('click', function () { chosen = at; showLines() })
      return button
    })
    $('lines').replaceChildren.apply($('lines'), buttons)
    show()
  }

  document.querySelectorAll('[data-kind]').forEach(function (button) {
    button.addEventListener('click', function () {
      kind = button.dataset.kind
      chosen = 0
      $('word').value = ''
      document.querySelectorAll('[data-kind]').forEach(function (b) { b.setAttribute('aria-pressed', String(b === button)) })
      showLines()
    })
  })
  $('word').addEventListener('input', show)

  fetch('lines.json').then(function (reply) { return reply.json() }).then(function (data) {
    lines = data
    showLines()
  }, function () { $('told').textContent = '线路数据没有加载出来，请重新打开' })
})()
