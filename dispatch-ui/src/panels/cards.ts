/** What floats over the sheet: a conflict between two people, a proposal of the planner, a short message. */
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { ProposalView } from '../../../server/contract/planning.ts'
import { button, el } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { clockTime } from '../shell/time.ts'

type Names = { technician(id: string | null): string; zone: string }
type Side = Pick<ActivityView, 'technicianId' | 'start' | 'end' | 'state' | 'priority'>

export function conflictCard(options: {
  by: string | null
  mine: Side
  theirs: Side
  names: Names
  keepMine(): void
  keepTheirs(): void
}): HTMLElement {
  const { mine, theirs, names } = options
  const time = (text: string | null): string =>
    text === null ? '—' : clockTime(Date.parse(text), names.zone)
  const rows: [string, string, string][] = [
    [t('fact.technician'), names.technician(mine.technicianId), names.technician(theirs.technicianId)],
    [t('fact.start'), time(mine.start), time(theirs.start)],
    [t('fact.end'), time(mine.end), time(theirs.end)],
    [t('fact.state'), t(`state.${mine.state}`), t(`state.${theirs.state}`)],
    [t('fact.priority'), t(`priority.${mine.priority}`), t(`priority.${theirs.priority}`)],
  ]
  return el(
    'div',
    { class: 'card change', role: 'alertdialog', 'data-card': 'conflict' },
    el('h3', {}, t('conflict.title', { name: options.by ?? t('conflict.someone') })),
    el('p', {}, t('conflict.nothing')),
    el(
      'table',
      { class: 'facts' },
      el(
        'thead',
        {},
        el('tr', {}, el('th'), el('th', {}, t('conflict.mine')), el('th', {}, t('conflict.theirs'))),
      ),
      el(
        'tbody',
        {},
        ...rows.map(([name, a, b]) =>
          el(
            'tr',
            {},
            el('th', {}, name),
            el('td', { class: a === b ? '' : 'differs' }, a),
            el('td', { class: a === b ? '' : 'differs' }, b),
          ),
        ),
      ),
    ),
    el(
      'div',
      { class: 'acts' },
      button(t('conflict.keepMine'), options.keepMine),
      button(t('conflict.keepTheirs'), options.keepTheirs, 'primary'),
    ),
  )
}

export function proposalCard(options: {
  proposal: ProposalView
  chosen: ReadonlySet<string>
  label(activityId: string): string
  names: Names
  toggle(activityId: string): void
  accept(): void
  leave(): void
}): HTMLElement {
  const { proposal, chosen, names } = options
  const { before, after, moved, placed } = proposal.summary
  const broken = Math.max(0, after.missedTargets - before.missedTargets)
  const rows: [string, number, number][] = [
    [t('proposal.missed'), before.missedTargets, after.missedTargets],
    [t('proposal.late'), before.lateMinutes, after.lateMinutes],
    [t('proposal.unassigned'), before.unassigned, after.unassigned],
    [t('proposal.travel'), before.travelMinutes, after.travelMinutes],
  ]
  return el(
    'div',
    { class: 'card change', 'data-card': 'proposal' },
    el('h3', {}, t(broken > 0 ? 'proposal.title' : 'proposal.titleKept', { n: moved, k: broken })),
    el('p', {}, t('proposal.placed', { n: placed })),
    el(
      'table',
      { class: 'facts' },
      el(
        'tbody',
        {},
        ...rows.map(([name, a, b]) =>
          el(
            'tr',
            {},
            el('th', {}, name),
            el('td', { class: 'n' }, Math.round(a)),
            el('td', { class: `n${a === b ? '' : ' differs'}` }, Math.round(b)),
          ),
        ),
      ),
    ),
    el(
      'div',
      { style: 'max-height:150px;overflow-y:auto;margin-top:8px' },
      ...proposal.moves.slice(0, 60).map((move, i) =>
        el(
          'label',
          { class: 'row', style: 'display:flex;gap:6px;align-items:baseline', title: move.why },
          el('input', {
            type: 'checkbox',
            ...(chosen.has(move.activityId) ? { checked: true } : {}),
            on: { change: () => options.toggle(move.activityId) },
          }),
          el(
            'span',
            {},
            `${i + 1} ${options.label(move.activityId)} → ${names.technician(move.technicianId)} ${clockTime(Date.parse(move.start), names.zone)}`,
          ),
        ),
      ),
    ),
    el(
      'div',
      { class: 'acts' },
      button(t('proposal.accept', { n: chosen.size }), options.accept, 'primary'),
      button(t('proposal.leave'), options.leave),
    ),
  )
}

export function messageCard(text: string, close: () => void): HTMLElement {
  return el(
    'div',
    { class: 'card', role: 'status' },
    el('p', { style: 'margin:0' }, text),
    el('div', { class: 'acts' }, button('OK', close)),
  )
}
