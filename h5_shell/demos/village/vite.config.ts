import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  build: { target: ['chrome87', 'safari15.4'], modulePreload: { polyfill: false } },
})
