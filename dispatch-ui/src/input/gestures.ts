/**
 * Pointer and wheel on the sheet, as a small machine: idle, pressing, panning, dragging a bar.
 *
 * It knows pixels and says what was meant; what that does to the board is for whoever listens.
 */
import type { Bar } from '../model/board.ts'

export type Hit =
  | { readonly kind: 'bar'; readonly bar: Bar; readonly grabOffsetMs: number }
  | { readonly kind: 'team'; readonly id: string }
  | { readonly kind: 'head'; readonly at: number }
  | { readonly kind: 'ground' }

export type GestureTarget = {
  hit(x: number, y: number): Hit
  canDrag(bar: Bar): boolean
  pan(dx: number, dy: number): void
  zoom(x: number, factor: number): void
  click(hit: Hit): void
  dragMove(bar: Bar, grabOffsetMs: number, clientX: number, clientY: number): void
  dragEnd(bar: Bar): void
  dragCancel(): void
  hover(x: number, y: number): void
}

type State =
  | { readonly name: 'idle' }
  | {
      readonly name: 'pressing'
      readonly hit: Hit
      readonly x: number
      readonly y: number
      readonly pointer: number
    }
  | {
      readonly name: 'panning'
      readonly pointer: number
      readonly x: number
      readonly y: number
      readonly vx: number
      readonly at: number
    }
  | { readonly name: 'dragging'; readonly pointer: number; readonly bar: Bar; readonly grabOffsetMs: number }

const SLOP = 4

export type Gestures = {
  /** A bar taken from outside the sheet (the queue). */
  grab(bar: Bar, event: PointerEvent): void
  cancel(): void
  isDragging(): boolean
}

export function watchGestures(canvas: HTMLCanvasElement, target: GestureTarget): Gestures {
  let state: State = { name: 'idle' }
  let inertia = 0
  const isStill = matchMedia('(prefers-reduced-motion: reduce)')

  const local = (event: { clientX: number; clientY: number }): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const stopInertia = (): void => {
    cancelAnimationFrame(inertia)
  }

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    stopInertia()
    canvas.setPointerCapture(event.pointerId)
    const { x, y } = local(event)
    state = {
      name: 'pressing',
      hit: target.hit(x, y),
      x: event.clientX,
      y: event.clientY,
      pointer: event.pointerId,
    }
  })
  const move = (event: PointerEvent): void => {
    if (state.name === 'idle') {
      const { x, y } = local(event)
      if (event.target === canvas) target.hover(x, y)
      return
    }
    if (event.pointerId !== state.pointer) return
    if (state.name === 'pressing') {
      if (Math.hypot(event.clientX - state.x, event.clientY - state.y) < SLOP) return
      const { hit } = state
      state =
        hit.kind === 'bar' && target.canDrag(hit.bar)
          ? { name: 'dragging', pointer: event.pointerId, bar: hit.bar, grabOffsetMs: hit.grabOffsetMs }
          : {
              name: 'panning',
              pointer: event.pointerId,
              x: event.clientX,
              y: event.clientY,
              vx: 0,
              at: event.timeStamp,
            }
    }
    if (state.name === 'dragging')
      target.dragMove(state.bar, state.grabOffsetMs, event.clientX, event.clientY)
    else if (state.name === 'panning') {
      const dx = event.clientX - state.x
      target.pan(dx, event.clientY - state.y)
      const dt = Math.max(1, event.timeStamp - state.at)
      state = { ...state, x: event.clientX, y: event.clientY, vx: dx / dt, at: event.timeStamp }
    }
  }
  const up = (event: PointerEvent): void => {
    if (state.name === 'idle' || event.pointerId !== state.pointer) return
    const was = state
    state = { name: 'idle' }
    if (was.name === 'pressing') target.click(was.hit)
    else if (was.name === 'dragging') target.dragEnd(was.bar)
    else if (was.name === 'panning' && event.timeStamp - was.at < 60) glide(was.vx)
  }
  window.addEventListener('pointermove', move)
  window.addEventListener('pointerup', up)
  window.addEventListener('pointercancel', () => {
    if (state.name === 'dragging') target.dragCancel()
    state = { name: 'idle' }
  })

  const glide = (vx: number): void => {
    if (isStill.matches || Math.abs(vx) < 0.15) return
    let speed = vx
    let before = performance.now()
    const step = (now: number): void => {
      const dt = now - before
      before = now
      target.pan(speed * dt, 0)
      speed *= 0.995 ** dt
      if (Math.abs(speed) > 0.02) inertia = requestAnimationFrame(step)
    }
    inertia = requestAnimationFrame(step)
  }

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      stopInertia()
      const { x } = local(event)
      if (event.ctrlKey || event.metaKey) target.zoom(x, Math.exp(-event.deltaY * 0.004))
      else if (event.shiftKey) target.pan(-event.deltaY, 0)
      else target.pan(-event.deltaX, -event.deltaY)
    },
    { passive: false },
  )

  return {
    grab(bar, event) {
      state = {
        name: 'pressing',
        hit: { kind: 'bar', bar, grabOffsetMs: 0 },
        x: event.clientX,
        y: event.clientY,
        pointer: event.pointerId,
      }
    },
    cancel() {
      if (state.name === 'dragging') target.dragCancel()
      state = { name: 'idle' }
    },
    isDragging: () => state.name === 'dragging',
  }
}
