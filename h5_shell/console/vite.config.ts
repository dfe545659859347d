import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import components from 'unplugin-vue-components/vite'
import { defineConfig, type ProxyOptions } from 'vite'

// The dev server stands in front of a running staff listener. The back end answers a refresh only
// to its own origin, so the proxy speaks in that name.
const backend = process.env.WANSHI_STAFF ?? 'http://console.localhost:8801'
const behind: ProxyOptions = {
  target: backend.replace('console.localhost', '127.0.0.1'),
  configure: proxy => { proxy.on('proxyReq', request => { request.setHeader('origin', backend) }) },
}

export default defineConfig({
  plugins: [
    vue(),
    components({ resolvers: [ElementPlusResolver({ importStyle: 'css' })], dirs: [], dts: 'src/components.d.ts' }),
  ],
  server: { port: 5174, proxy: { '/staff': behind, '/files': behind } },
  build: { target: ['chrome87', 'safari15.4'], cssTarget: ['chrome87', 'safari15.4'], chunkSizeWarningLimit: 300 },
})
