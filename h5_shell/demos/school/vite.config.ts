import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vite'

/** Vant's icons name a copy of their font on somebody else's server, which no app may ask. */
const ownFontOnly = {
  name: 'own-font-only',
  enforce: 'pre' as const,
  transform: (code: string, id: string) => (/vant.*icon.*\.css/.test(id) ? code.replace(/,\s*url\([^)]*at\.alicdn\.com[^)]*\)\s*format\("woff"\)/, '') : null),
}

export default defineConfig({
  // As 浙里办's builds bake it in; 万事 serves it under the manifest's base_alias.
  base: '/web/mgop/gov-open/zj/2002199001/v101/',
  define: { __TERM__: JSON.stringify(process.env.SCHOOL_TERM ?? '2027 年秋季入学报名') },
  plugins: [ownFontOnly, vue(), components({ resolvers: [VantResolver()], dirs: [], dts: false })],
  build: {
    target: ['chrome87', 'safari15.4'],
    modulePreload: { polyfill: false },
    // Libraries change seldom and pages often: who has the one fetches only the other. What pages
    // share stays out of the entry, whose name changes with each page's.
    rolldownOptions: { output: { codeSplitting: { groups: [
      { name: 'vendor', test: /node_modules/ }, { name: 'shared', test: /src\/(zhejiang|gateway)\.ts|export-helper|vite\/preload-helper/ },
    ] } } },
  },
})
