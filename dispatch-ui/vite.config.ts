/** Every page is an HTML file in this folder; they share what they import and nothing else. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const pages = readdirSync(root).filter((name) => name.endsWith('.html'))

export default defineConfig({
  root,
  base: '/',
  build: {
    outDir: '../dist/dispatch-ui',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(pages.map((name) => [name.replace('.html', ''), root + name])),
    },
  },
})
