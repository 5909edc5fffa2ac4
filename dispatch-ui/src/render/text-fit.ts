/** Text that fits or is not drawn: widths are measured once per font and text, up to a bound. */
const widths = new Map<string, Map<string, number>>()
const KEPT_MAX = 20_000

export function widthOf(ctx: CanvasRenderingContext2D, text: string): number {
  const { font } = ctx
  let known = widths.get(font)
  if (!known || known.size > KEPT_MAX) {
    known = new Map()
    widths.set(font, known)
  }
  let width = known.get(text)
  if (width === undefined) {
    width = ctx.measureText(text).width
    known.set(text, width)
  }
  return width
}

/** The font has come: what was measured in the system's own is worth nothing. */
export const forgetWidths = (): void => {
  widths.clear()
  ladders.clear()
}

export const FONT = "'IBM Plex Sans Variable', system-ui, sans-serif"
const fonts = new Map<number, string>()
/** The narrow width stands in the font itself: a setting of its own would have the font looked up at every change. */
function fontOf(weight: number, size: number, isNarrow: boolean): string {
  const key = (weight * 1000 + size * 10) * 2 + (isNarrow ? 1 : 0)
  let font = fonts.get(key)
  if (!font) {
    font = `${weight} ${isNarrow ? 'semi-condensed ' : ''}${size}px ${FONT}`
    fonts.set(key, font)
  }
  return font
}
export const strong = (size: number, isNarrow = false): string => fontOf(560, size, isNarrow)
export const plain = (size: number, isNarrow = false): string => fontOf(420, size, isNarrow)

export type Words = {
  readonly full: string
  readonly short: string
  readonly code: string
  readonly place: string
}
export type Step = {
  readonly type: string
  readonly place: string
  readonly typeWidth: number
  readonly width: number
  readonly isNarrow: boolean
}
export const PLACE_GAP = 5
const ladders = new Map<string, readonly Step[]>()

/**
 * Everything a label could be, best first: full type and place, short type and place, full type, short type, code; each
 * at normal width, then narrow. Measured once per pair of type and place.
 */
export function ladderOf(ctx: CanvasRenderingContext2D, words: Words, size: number): readonly Step[] {
  const key = `${size}|${words.full}|${words.short}|${words.place}`
  const known = ladders.get(key)
  if (known) return known
  const steps: Step[] = []
  const pairs = [
    [words.full, words.place],
    [words.short, words.place],
    [words.full, ''],
    [words.short, ''],
    [words.code, ''],
  ] as const
  for (const [type, place] of pairs) {
    if (
      type === '' ||
      (place === '' && type !== words.code && steps.some((s) => s.type === type && s.place === ''))
    )
      continue
    for (const isNarrow of [false, true]) {
      ctx.font = strong(size, isNarrow)
      const typeWidth = widthOf(ctx, type)
      ctx.font = plain(size, isNarrow)
      const placeWidth = place === '' ? 0 : widthOf(ctx, place) + PLACE_GAP
      steps.push({ type, place, typeWidth, width: typeWidth + placeWidth, isNarrow })
    }
  }
  if (ladders.size > KEPT_MAX) ladders.clear()
  ladders.set(key, steps)
  return steps
}

/** The first step that fits; undefined when not even the code does. */
export function fitOf(ladder: readonly Step[], space: number, isCodeOnly: boolean): Step | undefined {
  if (isCodeOnly) {
    const code = ladder.at(-2)
    return code && code.width <= space ? code : undefined
  }
  for (const step of ladder) if (step.width <= space) return step
  return undefined
}
