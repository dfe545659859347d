import { copyFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The page that plays the shell in `ahmini dev`, with the real host in it, and what pages get first. */
export default defineConfig({
  build: {
    outDir: 'assets',
    lib: { entry: 'src/dev-shell/main.ts', formats: ['iife'], name: 'devShell', fileName: () => 'dev-shell.js', cssFileName: 'dev-shell' },
  },
  plugins: [{
    name: 'copy-bridge',
    writeBundle() {
      mkdirSync(at('assets'), { recursive: true })
      for (const name of ['guest.js', 'prelude.js']) copyFileSync(at(`../bridge/dist/${name}`), at(`assets/${name}`))
    },
  }],
})
