/** Text that fits or is not drawn: widths are measured once per font and text, up to a bound. */
const widths = new Map<string, number>()
const KEPT_MAX = 20_000

export function widthOf(ctx: CanvasRenderingContext2D, text: string): number {
  const key = `${ctx.font}|${ctx.fontStretch ?? ''}|${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  if (widths.size >= KEPT_MAX) widths.clear()
  const width = ctx.measureText(text).width
  widths.set(key, width)
  return width
}

export const forgetWidths = (): void => widths.clear()

export const FONT = "'IBM Plex Sans Variable', system-ui, sans-serif"
export const strong = (size: number): string => `560 ${size}px ${FONT}`
export const plain = (size: number): string => `420 ${size}px ${FONT}`
