/** Plan conflicts and placements in people's words: the same sentence while dragging, in a conflict and after saving. */
import type { Verdict } from '../model/feasibility.ts'
import type { PlanConflict } from '../model/planning.ts'
import { t } from '../shell/text.ts'
import { duration } from '../shell/time.ts'

export function conflictText(conflict: PlanConflict): string {
  switch (conflict.kind) {
    case 'overlap':
      return t('drag.overlap', { m: Math.round(conflict.minutes) })
    case 'travel':
      return t('drag.travel', { m: conflict.minutesShort })
    case 'excluded':
      return t('drag.excluded')
    case 'skill':
      return t('drag.skill', { skill: conflict.skill, level: conflict.needed })
    case 'deadline':
      return t('drag.over', { time: duration(conflict.minutesLate) })
    case 'absence':
      return t('drag.absence', { reason: conflict.reason })
    case 'calendar':
      return t('drag.calendar')
    case 'window':
      return t('drag.window')
    case 'range':
      return t('drag.range')
    case 'link':
      return t(`drag.link.${conflict.wanted}`, { m: conflict.minutes })
  }
}

/** What a row says about a bar in the hand, in as few words as decide. */
export function verdictText(verdict: Verdict, time: string): string {
  const { worst } = verdict
  if (verdict.mark === 'fits') return t('drag.at', { m: verdict.addedMinutes, time })
  if (!worst) return t('drag.inactive')
  if (worst.kind === 'deadline') return t('drag.late', { time, m: duration(worst.minutesLate) })
  return conflictText(worst)
}

const kinds = [
  'overlap',
  'travel',
  'excluded',
  'skill',
  'deadline',
  'absence',
  'calendar',
  'window',
  'range',
  'link',
]

/** A warning as the server sends it: the conflict's kind and its facts, beside it or inside `facts`. */
export function warningText(warning: { readonly kind: string; readonly facts?: unknown }): string {
  const facts = typeof warning.facts === 'object' && warning.facts !== null ? warning.facts : {}
  return kinds.includes(warning.kind)
    ? // The server writes its warnings from the domain's own union; the kind was just looked up in it.
      conflictText({ ...warning, ...facts } as PlanConflict)
    : warning.kind
}
