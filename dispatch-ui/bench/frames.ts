/** Prints how long a frame takes. See the README beside it. */
import { findChromium } from './find-chromium.ts'
import { measureFrames } from './measure-frames.ts'

const rows = await measureFrames({
  executablePath: findChromium(process.env.PATH ?? ''),
  rows: 500,
  bars: [5_000, 50_000],
  frames: 240,
})
console.log('500 rows, 1440 × 900, milliseconds of JavaScript per frame')
console.table(
  rows.map((row) => ({
    bars: row.bars,
    gesture: row.gesture,
    quiet: row.quiet.toFixed(2),
    p50: row.p50.toFixed(2),
    p95: row.p95.toFixed(2),
    'p95 with flush': row.flushedP95.toFixed(2),
  })),
)
