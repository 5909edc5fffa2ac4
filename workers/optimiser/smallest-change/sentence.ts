/** A smallest change as one plain sentence. */
import type { SmallestChange } from './relaxation.ts'

/** How people and work are called, and how a moment is told. */
export type Words = {
  readonly technician: (id: string) => string
  readonly activity: (id: string) => string
  readonly moment: (seconds: number) => string
}

/** One plain sentence that says what to change and what comes of it. */
export const sentenceOf = ({ change, technicianId, start }: SmallestChange, words: Words): string => {
  const name = words.technician(technicianId)
  const then = `${name} could then do it at ${words.moment(start)}`
  switch (change.kind) {
    case 'move': {
      const { from, to } = change
      const where =
        from.technicianId === to.technicianId
          ? `to ${words.moment(to.start)}`
          : `to ${words.technician(to.technicianId)} at ${words.moment(to.start)}`
      return `Move ${words.activity(change.activityId)} ${where}: ${then}.`
    }
    case 'unlock':
      return `Unlock ${words.activity(change.activityId)}: ${then}.`
    case 'window':
      return `Let it start ${change.minutes} min ${change.opens} than it may: ${then}.`
    case 'overtime':
      return `Let ${name} work ${change.minutes} min longer: ${then}.`
    case 'duration':
      return `Cut the work by ${change.minutes} min: ${then}.`
    case 'skill':
      return change.has === null
        ? `Let ${name} do it without ${change.skill}: ${then}.`
        : `Let ${name} do it with ${change.skill} at level ${change.has} instead of ${change.needed}: ${then}.`
  }
}
