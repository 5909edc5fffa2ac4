/**
 * A proposal: the headline is what moves and what it does to promises; then each move with its reason, the sums before
 * and after, and who found no place. Nothing has moved until someone accepts.
 */
import type { Bar } from '../model/board.ts'
import type { CostSplit, ProposalView } from '../model/planning.ts'
import { button, el } from '../shell/dom.ts'
import { type TextKey, t } from '../shell/text.ts'
import { clockTime, countdown } from '../shell/time.ts'

const MOVES_MAX = 60
const LEFT_MAX = 8

export type ProposalContext = {
  readonly proposal: ProposalView
  readonly chosen: ReadonlySet<string>
  readonly isChoosing: boolean
  /** False once events have overtaken some of its moves: its sums no longer speak of what is left. */
  readonly isWhole: boolean
  /** What was asked, where this is the answer to a what-if and not a run's proposal. */
  readonly whatIf: string | null
  /** Who is assumed away, and whether accepting puts that on record; null where nobody is. */
  readonly absence: { readonly who: string; readonly isRecorded: boolean } | null
  readonly now: number
  readonly zone: string
  title(activityId: string): string
  technician(id: string | null): string
  bar(activityId: string): Bar | undefined
  choose(): void
  toggle(activityId: string): void
  show(activityId: string): void
  point(activityId: string | null): void
  toggleAbsence(): void
  /** Takes a move back in what is tried; null where nothing is. */
  readonly putBack: ((activityId: string) => void) | null
  accept(): void
  leave(): void
}

export function renderProposal(root: HTMLElement, context: ProposalContext): void {
  const { proposal, chosen, isChoosing } = context
  const { summary, moves } = proposal
  const broken = Math.max(0, summary.after.missedTargets - summary.before.missedTargets)
  const placed = moves.filter((move) => move.from.technicianId === null || move.from.start === null).length
  const headline = headlineOf(moves.length, placed, broken)
  const accept =
    chosen.size === moves.length
      ? moves.length === 1
        ? t('proposal.acceptOne')
        : t('proposal.acceptAll', { n: moves.length })
      : t('proposal.acceptSome', { k: chosen.size, n: moves.length })
  const yes = button(accept, context.accept, 'change')
  yes.disabled = chosen.size === 0
  const choose = button(t('proposal.choose'), context.choose)
  choose.setAttribute('aria-pressed', String(isChoosing))
  const age = countdown(Math.max(0, context.now - Date.parse(proposal.createdAt)))
  root.replaceChildren(
    el(
      'div',
      { class: 'proposal-head' },
      el('div', { class: 'kicker' }, context.whatIf ?? t('proposal.kicker', { age })),
      el('h2', {}, headline),
      el(
        'div',
        { class: 'acts' },
        yes,
        choose,
        button(t(context.whatIf === null ? 'proposal.asIs' : 'whatif.away'), context.leave, 'quiet'),
      ),
    ),
    ...(context.absence ? [absenceOf(context, context.absence)] : []),
    el('ol', { class: 'moves' }, ...moves.slice(0, MOVES_MAX).map((move, i) => moveOf(context, move, i + 1))),
    ...(context.isWhole ? [costs(summary.before, summary.after), ...left(context)] : []),
  )
}

/** Without it the next plan gives work back to who is away; so it is offered where the moves are. */
function absenceOf(context: ProposalContext, absence: NonNullable<ProposalContext['absence']>): HTMLElement {
  const box = el('input', {
    type: 'checkbox',
    checked: absence.isRecorded,
    on: { change: context.toggleAbsence },
  })
  return el('label', { class: 'absence' }, box, ' ', t('whatif.record', { who: absence.who }))
}

function headlineOf(moves: number, placed: number, broken: number): string {
  if (placed > 0) {
    const first =
      moves > placed
        ? t('proposal.both', { n: moves - placed, p: placed })
        : t('proposal.onlyPlaced', { p: placed })
    return first + t(broken > 0 ? 'proposal.someBroken' : 'proposal.noneBroken', { k: broken })
  }
  if (broken > 0) return t('proposal.title', { n: moves, k: broken })
  return moves === 1 ? t('proposal.one') : t('proposal.titleKept', { n: moves })
}

function moveOf(context: ProposalContext, move: ProposalView['moves'][number], n: number): HTMLElement {
  const { zone, chosen, putBack } = context
  const from =
    move.from.technicianId === null || move.from.start === null
      ? t('proposal.nowhere')
      : `${shortName(context.technician(move.from.technicianId))} ${clockTime(Date.parse(move.from.start), zone)}`
  const to = `${shortName(context.technician(move.technicianId))} ${clockTime(Date.parse(move.start), zone)}`
  const isChosen = chosen.has(move.activityId)
  const box = el('input', {
    type: 'checkbox',
    checked: isChosen,
    'aria-label': context.title(move.activityId),
    on: { change: () => context.toggle(move.activityId) },
  })
  return el(
    'li',
    {
      class: isChosen ? '' : 'left-out',
      'data-move': move.activityId,
      on: {
        pointerenter: () => context.point(move.activityId),
        pointerleave: () => context.point(null),
      },
    },
    context.isChoosing ? box : el('span', { class: 'disc' }, n),
    el(
      'span',
      {},
      button(context.title(move.activityId), () => context.show(move.activityId), 'link'),
      el('div', { class: 'note' }, `${from} → `, el('b', {}, to)),
      move.why === '' ? null : el('div', { class: 'note' }, move.why),
      putBack && button(t('whatif.putBack'), () => putBack(move.activityId), 'quiet small'),
    ),
  )
}

const shortName = (name: string): string => name.split(' ')[0] ?? name

const terms: readonly (readonly [TextKey, keyof CostSplit])[] = [
  ['proposal.missed', 'missedTargets'],
  ['proposal.late', 'lateMinutes'],
  ['proposal.margin', 'marginMinutes'],
  ['proposal.waiting', 'waitingMinutes'],
  ['proposal.unassigned', 'unassigned'],
  ['proposal.travel', 'travelMinutes'],
  ['proposal.overtime', 'overtimeMinutes'],
]

function costs(before: CostSplit, after: CostSplit): HTMLElement {
  return el(
    'section',
    {},
    el(
      'div',
      { class: 'row' },
      el('b', {}, t('proposal.cost')),
      el('span', { class: 'note' }, t('proposal.difference')),
    ),
    ...terms.flatMap(([name, term]) => {
      // A proposal of before a term was priced has nothing to say of it.
      if (before[term] === undefined || after[term] === undefined) return []
      const [a, b] = [Math.round(before[term]), Math.round(after[term])]
      return el(
        'div',
        { class: 'row' },
        el('span', {}, t(name)),
        el('span', { class: 'figures' }, el('span', { class: 'note' }, a), el(a === b ? 'span' : 'b', {}, b)),
      )
    }),
  )
}

function left(context: ProposalContext): HTMLElement[] {
  const { unassigned } = context.proposal.summary
  if (unassigned.length === 0) return []
  return [
    el(
      'section',
      {},
      el(
        'div',
        { class: 'row' },
        el('b', {}, t('proposal.left')),
        el('span', { class: 'note' }, unassigned.length),
      ),
      ...unassigned
        .slice(0, LEFT_MAX)
        .map((one) =>
          el(
            'div',
            { class: 'row' },
            el('span', {}, context.title(one.activityId)),
            el(
              'span',
              { class: 'note why' },
              one.reason,
              one.smallestChange === undefined
                ? null
                : el(
                    'span',
                    { 'data-smallest-change': '' },
                    ` ${t('decided.smallest')} ${one.smallestChange}`,
                  ),
            ),
          ),
        ),
      unassigned.length > LEFT_MAX
        ? el('div', { class: 'note' }, t('proposal.others', { n: unassigned.length - LEFT_MAX }))
        : null,
    ),
  ]
}
