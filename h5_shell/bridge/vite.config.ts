import { defineConfig } from 'vite'

// One self-running file: city pages add it with a script tag and no build step.
export default defineConfig({
  build: {
    target: 'es2015',
    lib: { entry: 'src/global.ts', formats: ['iife'], name: 'wanshiGuest', fileName: () => 'guest.js' },
  },
})
