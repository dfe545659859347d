import { fileURLToPath } from 'node:url'
import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'
import { mock } from './dev/mock'
import { cityShell } from './scripts/city-shell'

// With WANSHI_API the dev server talks to a running back end; without it, to dev/mock.
const backend = process.env.WANSHI_API

export default defineConfig({
  plugins: [
    vue(),
    cityShell(process.env.SHELL_CONFIG),
    components({ resolvers: [VantResolver()], dirs: [], dts: 'src/components.d.ts' }),
    ...(backend ? [] : [mock()]),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { port: 5173, ...(backend ? { proxy: { '/api': backend } } : {}) },
  // The manifest is what scripts/first-load.mjs measures by.
  // Of JSON Forms we use the reading of pages and rules; its own Ajv and reducers have no effect when unused.
  build: { rolldownOptions: { treeshake: { moduleSideEffects: [{ test: /node_modules\/(@jsonforms|ajv|ajv-formats|lodash)\//, sideEffects: false }] } }, manifest: true, target: ['chrome87', 'safari15.4'], cssTarget: ['chrome87', 'safari15.4'], chunkSizeWarningLimit: 300 },
})
