/** Bundles the page of the bench, runs it in Chromium, and answers percentiles. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import type { Gesture, Measured } from './frames-page.ts'

export type Row = {
  readonly bars: number
  readonly gesture: Gesture
  /** The quicker tenth: what a frame costs when nothing else wants the processor. */
  readonly quiet: number
  readonly p50: number
  readonly p95: number
  readonly flushedP95: number
  readonly frames: number
  readonly stillMax: number
  readonly paintsMax: number
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']

export async function measureFrames(options: {
  readonly executablePath: string
  readonly rows: number
  readonly bars: readonly number[]
  readonly frames: number
}): Promise<Row[]> {
  const bundle = await build({
    entryPoints: [here('frames-page.ts')],
    bundle: true,
    format: 'iife',
    minify: true,
    write: false,
  })
  const css = readFileSync(here('../src/shell/theme.css'), 'utf8').replace(/@import[^;]*;/, '')
  const script = bundle.outputFiles[0]?.text ?? ''
  // A page of its own origin: some browsers measure time coarsely on blank ones.
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(
      `<!doctype html><style>${css}</style><body><script>${script.replaceAll('</script', '<\\/script')}</script>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the bench listens on a port')
  const browser = await chromium.launch({
    executablePath: options.executablePath,
    args: flags,
    timeout: 30_000,
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(`http://127.0.0.1:${address.port}/`)
    const rows: Row[] = []
    for (const bars of options.bars)
      for (const gesture of ['pan', 'zoom', 'drag'] as const) {
        const measured: Measured = await page.evaluate((o) => window.bench(o), {
          rows: options.rows,
          bars,
          gesture,
          frames: options.frames,
        })
        rows.push({
          bars: measured.bars,
          gesture,
          quiet: at(measured.draw, 0.1),
          p50: at(measured.draw, 0.5),
          p95: at(measured.draw, 0.95),
          flushedP95: at(measured.flushed, 0.95),
          frames: measured.draw.length,
          stillMax: measured.stillMax,
          paintsMax: measured.paintsMax,
        })
      }
    return rows
  } finally {
    await browser.close()
    server.close()
  }
}

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
