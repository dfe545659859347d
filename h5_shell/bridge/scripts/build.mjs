// Makes what leaves this folder: guest.js and prelude.js, self-running files that an app's origin
// puts first into every page, and guest.mjs, the same SDK for apps that bundle it.
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = path => fileURLToPath(new URL(path, import.meta.url))
export const BUNDLES = [
  { entry: 'src/global.ts', format: 'iife', file: 'guest.js' },
  { entry: 'src/prelude/index.ts', format: 'iife', file: 'prelude.js' },
  { entry: 'src/guest.ts', format: 'es', file: 'guest.mjs' },
]

export function bundle({ entry, format, file }, options = {}) {
  return build({
    root: at('..'),
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'es2015',
      emptyOutDir: false,
      lib: { entry: at(`../${entry}`), formats: [format], name: 'wanshiBridge', fileName: () => file },
      ...options,
    },
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const made of BUNDLES) await bundle(made)
}
