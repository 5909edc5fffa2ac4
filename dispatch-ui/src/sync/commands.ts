/**
 * A dispatcher's edits on their way: pending until the own stream has reached their number, undone as new commands.
 *
 * An edit is shown as pending from the gesture on. It is confirmed not by the answer but by the board's own log
 * coming past it, so that what is painted as saved is what every colleague sees.
 */
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { Act } from '../model/act.ts'
import type { Bar } from '../model/board.ts'
import { ask, newKey, Refusal, Unreachable } from './api.ts'

export type Warning = { readonly kind: string; readonly facts?: Record<string, unknown> }
export type Saved = ActivityView & { readonly warnings: readonly Warning[] }

export type Outcome =
  | { readonly kind: 'saved'; readonly activity: Saved }
  | {
      readonly kind: 'conflict'
      readonly current: ActivityView
      readonly by: { name: string; at: string } | null
    }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unreachable' }

type Pending = { readonly seq: number | null; readonly epoch: string | null }
type Done = { readonly id: string; readonly inverse: Act }
const UNDO_MAX = 50
/** About half a minute: an edit outlives a server that starts again, and meanwhile is shown as on its way. */
const TRIES = 14

export class Edits {
  readonly #pending = new Map<string, Pending>()
  readonly #done: Done[] = []
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Ids of what is on its way; a view of the living map, so that a frame makes nothing new. */
  get pending(): { has(id: string): boolean; readonly size: number } {
    return this.#pending
  }
  get canUndo(): boolean {
    return this.#done.length > 0
  }

  async send(bar: Bar, act: Act, options: { undoable?: boolean } = {}): Promise<Outcome> {
    this.#pending.set(bar.id, { seq: null, epoch: null })
    this.#changed()
    const { type, ...body } = act
    try {
      const answer = await ask<Saved>('POST', `/activities/${bar.id}/${type}`, {
        body,
        version: bar.version,
        key: newKey(),
        tries: TRIES,
      })
      this.#pending.set(bar.id, answer.position ?? { seq: 0, epoch: null })
      const inverse = inverseOf(bar, act)
      if (inverse && options.undoable !== false) {
        this.#done.push({ id: bar.id, inverse })
        if (this.#done.length > UNDO_MAX) this.#done.shift()
      }
      return { kind: 'saved', activity: answer.value }
    } catch (error) {
      this.#pending.delete(bar.id)
      return outcomeOf(error)
    } finally {
      this.#changed()
    }
  }

  /** The stream stands at this position: what it has passed is confirmed. */
  reached(at: { epoch: string; seq: number }): void {
    for (const [id, pending] of this.#pending)
      if (pending.seq !== null && (pending.epoch !== at.epoch || pending.seq <= at.seq))
        this.#pending.delete(id)
  }

  /** The own last edit, as a new conditional command on what stands now. */
  takeUndo(): Done | undefined {
    return this.#done.pop()
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Unreachable) return { kind: 'unreachable' }
  if (!(error instanceof Refusal)) throw error
  const { code, details } = error.problem
  if (code === 'VERSION_CONFLICT' && details && 'current' in details)
    return {
      kind: 'conflict',
      // The contract gives VERSION_CONFLICT the current record and who changed it.
      current: details.current as ActivityView,
      by: (details.changedBy as { name: string; at: string } | null | undefined) ?? null,
    }
  return { kind: 'refused', why: error.message }
}

function inverseOf(bar: Bar, act: Act): Act | null {
  switch (act.type) {
    case 'assign':
    case 'reschedule':
      return bar.start !== null && bar.end !== null
        ? { type: 'reschedule', start: bar.start, end: bar.end, technicianId: bar.technicianId }
        : { type: 'assign', technicianId: null }
    case 'prioritise':
      return { type: 'prioritise', priority: bar.priority }
    case 'lock':
      return { type: 'unlock' }
    case 'unlock':
      return { type: 'lock' }
    case 'dispatch':
      return { type: 'recall' }
    case 'recall':
      return { type: 'dispatch' }
    default:
      return null
  }
}
