// @ts-check
/**
 * The page that plays the shell while an app is looked at: it lets the guest in as the real host
 * does, and answers as for somebody who is not signed in and gives nothing.
 * @param {string} app @param {any} manifest @param {'normal'|'elder'} mode
 */
export function shellPage(app, manifest, mode) {
  const told = { app, origin: new URL(app).origin, appid: manifest.appid, region: manifest.appid?.slice(2, 8), mode }
  return `<!doctype html><html lang="zh-CN"><head><meta name="viewport" content="width=device-width, initial-scale=1"><title>检查</title><style>*{margin:0}iframe{display:block;width:100vw;height:100vh;border:0}</style></head>
<body><iframe title="app" src="${escaped(app)}" sandbox="allow-scripts allow-same-origin allow-forms"></iframe><script>(${play})(${JSON.stringify(told).replace(/</g, '\\u003c')})</script></body></html>`
}
const escaped = text => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')

/* Runs in the browser: nothing from this file is in reach. */
function play(told) {
  const free = {
    'ah.device.getUiStyle': () => ({ uiStyle: told.mode }),
    'ah.region.get': () => ({ code: told.region, name: '' }),
    'ah.device.getNetworkType': () => ({ networkType: 'wifi', online: true }),
  }
  const quiet = /^ah\.(ui|trace|storage)\./
  window.addEventListener('message', event => {
    if (event.origin !== told.origin || !event.data || event.data.type !== 'wanshi:hello') return
    const channel = new MessageChannel()
    channel.port1.onmessage = ({ data }) => {
      const { id, method } = data
      if (free[method]) channel.port1.postMessage({ id, result: free[method]() })
      else if (quiet.test(method)) channel.port1.postMessage({ id, result: null })
      else channel.port1.postMessage({ id, error: { code: 'person.refused', message: '检查时没有人登录' } })
    }
    const context = { appid: told.appid, version: '', platform: 'wanshi', uiStyle: told.mode, region: { code: told.region, name: '' }, locale: 'zh-CN', scopes: [], trial: true }
    event.source?.postMessage({ type: 'wanshi:port', context }, { targetOrigin: told.origin, transfer: [channel.port2] })
  })
}
