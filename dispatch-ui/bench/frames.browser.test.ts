/**
 * The bench of the board, run once: each gesture draws, moves the picture, and paints what is in sight and no more.
 *
 * The surprising rule: nothing here is held to a time, because a machine that does other work too would decide. The budget in
 * milliseconds stands in docs/benchmarks.md under "Drawing"; its figures of this run are printed.
 */
import { describe, expect, it } from 'vitest'
import { findChromium } from './find-chromium.ts'
import { measureFrames, type Row } from './measure-frames.ts'

const FRAMES = 60

/** 500 rows are far more than a screen shows: more calls than this, and rows or bars out of sight are painted too. */
const paintsAllowed = (bars: number): number => (bars > 5_000 ? 9_000 : 3_500)

/** A dragged bar snaps from place to place, so now and then its picture stands for a moment. */
const stillAllowed = ({ gesture }: Row): number => (gesture === 'drag' ? 4 : 1)

describe('500 rows, panned, zoomed and dragged over, with 5,000 and with 50,000 bars', () => {
  it('are drawn in every frame, each another picture, by painting what is in sight alone', async () => {
    const rows = await measureFrames({
      executablePath: findChromium(process.env.PATH ?? ''),
      rows: 500,
      bars: [5_000, 50_000],
      frames: FRAMES,
    })
    console.table(
      rows.map(({ bars, gesture, quiet, p50, p95, paintsMax }) => ({
        bars,
        gesture,
        quiet,
        p50,
        p95,
        paintsMax,
      })),
    )
    expect(rows).toHaveLength(6)
    for (const row of rows) {
      const which = `${row.gesture} ${row.bars}`
      expect(row.frames, which).toBe(FRAMES)
      expect(row.stillMax, which).toBeLessThanOrEqual(stillAllowed(row))
      expect(row.paintsMax, which).toBeLessThanOrEqual(paintsAllowed(row.bars))
    }
    const paintsOf = (bars: number): number[] =>
      rows.filter((row) => row.bars === bars).map(({ paintsMax }) => paintsMax)
    const few = paintsOf(5_000)
    for (const [i, paints] of paintsOf(50_000).entries()) expect(paints).toBeGreaterThan(few[i] ?? 0)
  })
})
