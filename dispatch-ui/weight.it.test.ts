import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** A dispatcher on a slow line opens the board in a breath: its scripts are less than a photograph. */
const SCRIPT_KB = 150

describe('the built board page', () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'callboard-weight-'))
    await build({
      configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true },
    })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const html = (): string => readFileSync(join(folder, 'index.html'), 'utf8')
  const filesIn = (pattern: RegExp): string[] => [...html().matchAll(pattern)].map((match) => match[1] ?? '')

  it(`loads at most ${SCRIPT_KB} kB of compressed script`, () => {
    const scripts = filesIn(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)
    expect(scripts.length).toBeGreaterThan(0)
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(folder, name))).length)
    expect(bytes.reduce((sum, one) => sum + one, 0) / 1000).toBeLessThan(SCRIPT_KB)
  })

  it('carries no schemas: the contract reaches the browser as types', () => {
    for (const name of readdirSync(join(folder, 'assets')).filter((one) => one.endsWith('.js')))
      expect(readFileSync(join(folder, 'assets', name), 'utf8'), name).not.toContain('~kind')
  })

  it('needs no script or style within the page, so that the policy can forbid them', () => {
    expect(html()).not.toMatch(/<script(?![^>]*\bsrc=)/)
    expect(html()).not.toMatch(/<style|style="/)
  })

  it('brings its own font', () => {
    expect(readdirSync(join(folder, 'assets')).some((name) => /plex.*latin.*\.woff2$/.test(name))).toBe(true)
    expect(html()).not.toMatch(/https?:\/\//)
  })
})
