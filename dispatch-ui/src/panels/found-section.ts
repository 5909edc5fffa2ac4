/** What was asked about one job: who else could do it, or why it stands where it stands. */
import type { Act } from '../model/act.ts'
import type { Bar } from '../model/board.ts'
import { percentOf } from '../model/danger.ts'
import type { Candidates, CostSplit, Explanation } from '../model/planning.ts'
import { button, el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime, dayName } from '../shell/time.ts'

export type Found =
  | { readonly kind: 'candidates'; readonly value: Candidates }
  | { readonly kind: 'explanation'; readonly value: Explanation }

export type FoundContext = {
  readonly found: Found | null
  readonly bar: Bar
  readonly zone: string
  readonly now: number
  nameOf(technicianId: string): string
  act(act: Act): void
}

export function foundSection(context: FoundContext): HTMLElement[] {
  const { found, bar, zone, act, now, nameOf } = context
  if (!found) return []
  const place = (candidate: Candidates['candidates'][number]): HTMLElement =>
    el(
      'div',
      { class: 'row' },
      el(
        'span',
        {},
        el('b', {}, nameOf(candidate.technicianId)),
        el(
          'div',
          { class: 'note' },
          `${dayIfNotToday(Date.parse(candidate.start), now, zone)}${clockTime(Date.parse(candidate.start), zone)} – ${clockTime(Date.parse(candidate.end), zone)}, ${t('candidates.travel', { m: candidate.travelMinutes })}${candidate.late ? `, ${t('candidates.late')}` : ''}${candidate.warnings.includes('overlap') ? `, ${t('candidates.overlap')}` : ''}${candidate.missProbability == null ? '' : `, ${t('danger.miss', { n: percentOf(candidate.missProbability) })}`}`,
        ),
      ),
      bar.state === 'closed'
        ? ''
        : button(t('candidates.place'), () =>
            act({
              type: 'assign',
              technicianId: candidate.technicianId,
              start: candidate.start,
              end: candidate.end,
            }),
          ),
    )
  const blocked = found.kind === 'candidates' ? found.value.refusals : found.value.blocked
  const offers = found.kind === 'candidates' ? found.value.candidates : found.value.alternatives
  return [
    el(
      'section',
      { id: 'found' },
      ...(found.kind === 'explanation' ? decided(found.value, context) : []),
      ...(offers.length === 0 && found.kind === 'candidates'
        ? [el('p', { class: 'note' }, t('candidates.none'))]
        : offers.slice(0, 6).map(place)),
      blocked.length === 0
        ? null
        : el(
            'div',
            { class: 'row gap-above' },
            el('b', {}, t('candidates.cannot')),
            el('span', { class: 'note' }, blocked.length),
          ),
      ...reasonsOf(blocked, nameOf).map(([names, reason]) =>
        el('div', { class: 'row soft' }, el('span', {}, names), el('span', { class: 'why' }, reason)),
      ),
    ),
  ]
}

/** Who put it here and when, what was said then, what the board says now, and what the place costs. */
function decided(value: Explanation, { zone, now }: FoundContext): (HTMLElement | null)[] {
  const { decision } = value
  const at = decision === null ? 0 : Date.parse(decision.at)
  const when = `${dayIfNotToday(at, now, zone)}${clockTime(at, zone)}`
  const parts = value.cost === null ? [] : costParts(value.cost)
  return [
    decision === null
      ? null
      : el(
          'p',
          { class: 'note', 'data-decided': decision.by },
          t(decision.by === 'person' ? 'decided.person' : 'decided.planner', {
            who: decision.person ?? '',
            when,
          }),
        ),
    decision !== null && decision.by === 'optimiser' && decision.sentence !== value.sentence
      ? el('p', { class: 'note' }, decision.sentence)
      : null,
    el('p', { class: 'note' }, value.sentence),
    value.smallestChange == null
      ? null
      : el(
          'p',
          { 'data-smallest-change': value.smallestChange.kind },
          el('b', {}, t('decided.smallest')),
          ` ${value.smallestChange.sentence}`,
        ),
    parts.length === 0 ? null : el('p', { class: 'note' }, t('decided.cost', { parts: parts.join(', ') })),
  ]
}

/** The terms of a cost that are not nothing, in words. */
const costParts = (cost: CostSplit): string[] => [
  ...(cost.missedTargets > 0 ? [t('cost.missed', { n: cost.missedTargets })] : []),
  ...(cost.lateMinutes > 0 ? [t('cost.late', { n: Math.round(cost.lateMinutes) })] : []),
  ...(minutesOf(cost.marginMinutes) > 0 ? [t('cost.margin', { n: minutesOf(cost.marginMinutes) })] : []),
  ...(minutesOf(cost.waitingMinutes) === 0 ? [] : [t('cost.waiting', { n: minutesOf(cost.waitingMinutes) })]),
  ...(Math.round(cost.travelMinutes) === 0 ? [] : [t('cost.travel', { n: Math.round(cost.travelMinutes) })]),
  ...(cost.overtimeMinutes > 0 ? [t('cost.overtime', { n: Math.round(cost.overtimeMinutes) })] : []),
]

/** Decisions of before waiting was priced say nothing of it. */
const minutesOf = (minutes: number | undefined): number => Math.round(minutes ?? 0)

const dayIfNotToday = (at: number, now: number, zone: string): string => {
  const day = dayName(at, document.documentElement.lang, zone)
  return day === dayName(now, document.documentElement.lang, zone) ? '' : `${day} `
}

const NAMED_MAX = 2
const REASONS_MAX = 8

/** Everyone with the same reason in one line: a few by name, many by number. */
function reasonsOf(
  blocked: readonly { technicianId: string; sentence: string }[],
  nameOf: (id: string) => string,
): (readonly [string, string])[] {
  const byReason = new Map<string, string[]>()
  for (const { technicianId, sentence } of blocked) {
    const name = nameOf(technicianId)
    const reason = sentence.startsWith(name) ? sentence.slice(name.length).trim() : sentence
    const names = byReason.get(reason)
    if (names) names.push(name)
    else byReason.set(reason, [name])
  }
  return [...byReason]
    .sort((a, b) => a[1].length - b[1].length)
    .slice(0, REASONS_MAX)
    .map(([reason, names]) => [
      names.length > NAMED_MAX ? t('candidates.people', { n: names.length }) : names.join(', '),
      reason,
    ])
}
