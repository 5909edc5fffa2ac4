/** The few forms everything is made of. Sizes are CSS pixels; a glyph's x and y are its middle. */
import type { Box } from '../layout/sheet.ts'
import { strong, widthOf } from './text-fit.ts'

export type Ctx = CanvasRenderingContext2D

export function round(ctx: Ctx, x: number, y: number, w: number, h: number, radius: number | number[]): void {
  ctx.beginPath()
  ctx.roundRect(x, y, w, h, radius)
}

const SOLID: number[] = []
export function ring(
  ctx: Ctx,
  box: Box,
  radius: number,
  colour: string,
  width: number,
  gap: number,
  dash = SOLID,
): void {
  round(ctx, box.x - gap, box.y - gap, box.w + 2 * gap, box.h + 2 * gap, radius === 0 ? 0 : radius + gap)
  ctx.lineWidth = width
  ctx.strokeStyle = colour
  ctx.setLineDash(dash)
  ctx.stroke()
  ctx.setLineDash(SOLID)
}

export function line(ctx: Ctx, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  ctx.lineTo(x1, y1)
  ctx.stroke()
}

export function tick(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.6
  ctx.beginPath()
  ctx.moveTo(x - 4, y + 0.5)
  ctx.lineTo(x - 1.2, y + 3.2)
  ctx.lineTo(x + 4.2, y - 3.4)
  ctx.stroke()
}

export function cross(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x - 3.4, y - 3.4)
  ctx.lineTo(x + 3.4, y + 3.4)
  ctx.moveTo(x + 3.4, y - 3.4)
  ctx.lineTo(x - 3.4, y + 3.4)
  ctx.stroke()
}

export function warning(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.4
  ctx.beginPath()
  ctx.moveTo(x, y - 4.4)
  ctx.lineTo(x + 5, y + 4)
  ctx.lineTo(x - 5, y + 4)
  ctx.closePath()
  ctx.moveTo(x, y - 1.4)
  ctx.lineTo(x, y + 1)
  ctx.moveTo(x, y + 2.2)
  ctx.lineTo(x, y + 2.9)
  ctx.stroke()
}

export function arrow(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.beginPath()
  ctx.moveTo(x - 3, y - 3.6)
  ctx.lineTo(x + 3.6, y)
  ctx.lineTo(x - 3, y + 3.6)
  ctx.fill()
}

export function dot(ctx: Ctx, x: number, y: number, radius: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, Math.PI * 2)
  ctx.fill()
}

export function circle(ctx: Ctx, x: number, y: number, radius: number, colour: string, width = 1.4): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = width
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, Math.PI * 2)
  ctx.stroke()
}

export function lock(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.fillRect(x - 4, y - 1, 8, 5.5)
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.4
  ctx.beginPath()
  ctx.arc(x, y - 1.2, 2.5, Math.PI, 0)
  ctx.stroke()
}

const DOTS = [1.4, 2]
export function waitingRing(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.setLineDash(DOTS)
  circle(ctx, x, y, 3.6, colour, 1.6)
  ctx.setLineDash(SOLID)
}

export function unequal(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(x - 4, y - 1.8)
  ctx.lineTo(x + 4, y - 1.8)
  ctx.moveTo(x - 4, y + 1.8)
  ctx.lineTo(x + 4, y + 1.8)
  ctx.moveTo(x + 2.4, y - 4.4)
  ctx.lineTo(x - 2.4, y + 4.4)
  ctx.stroke()
}

export function cup(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.2
  ctx.beginPath()
  ctx.roundRect(x - 4, y - 4, 8, 8, [1, 1, 3.5, 3.5])
  ctx.stroke()
}

/** A zigzag between two brackets: how far work may slide. */
export function spring(ctx: Ctx, x0: number, x1: number, y: number, bracket: -1 | 1, colour: string): void {
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.beginPath()
  const outer = bracket === -1 ? x0 : x1
  ctx.moveTo(outer - bracket * 3, y - 7)
  ctx.lineTo(outer, y - 7)
  ctx.lineTo(outer, y + 7)
  ctx.lineTo(outer - bracket * 3, y + 7)
  if (x1 - x0 > 6) {
    ctx.moveTo(x0, y)
    let side = 1
    for (let x = x0 + 3; x < x1; x += 5) {
      ctx.lineTo(x, y + 2.5 * side)
      side = -side
    }
    ctx.lineTo(x1, y)
  }
  ctx.stroke()
}

export function pennant(ctx: Ctx, x: number, y: number, colour: string): void {
  ctx.fillStyle = colour
  ctx.beginPath()
  ctx.moveTo(x - 0.75, y)
  ctx.lineTo(x + 7, y + 3.5)
  ctx.lineTo(x - 0.75, y + 7)
  ctx.fill()
}

/** A small label on its own ground, by its right end; answers its width. */
export function chip(
  ctx: Ctx,
  text: string,
  right: number,
  y: number,
  colours: { ground: string | null; ink: string; edge?: string },
  size = 11,
  height = 15,
): number {
  ctx.font = strong(size)
  const width = widthOf(ctx, text) + 8
  if (colours.ground !== null) {
    round(ctx, right - width, y - height / 2, width, height, 3)
    ctx.fillStyle = colours.ground
    ctx.fill()
    if (colours.edge) {
      ctx.lineWidth = 1
      ctx.strokeStyle = colours.edge
      ctx.stroke()
    }
  }
  ctx.fillStyle = colours.ink
  ctx.textBaseline = 'middle'
  ctx.fillText(text, right - width + 4, y + 0.5)
  return width
}

/** Text that is cut with an ellipsis when it must be: names, which have no shorter form. */
export function clipped(ctx: Ctx, text: string, x: number, y: number, space: number): void {
  if (widthOf(ctx, text) <= space) {
    ctx.fillText(text, x, y + 0.5)
    return
  }
  ctx.font = ctx.font.replace(/^(\d+) /, '$1 semi-condensed ')
  let shown = text
  while (shown.length > 3 && widthOf(ctx, shown) > space)
    shown = `${shown.slice(0, shown.endsWith('…') ? -2 : -1).trimEnd()}…`
  ctx.fillText(shown, x, y + 0.5)
}
