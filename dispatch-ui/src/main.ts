/**
 * The dispatcher's board: opens the desks and tells each which others it may ask.
 *
 * Nothing here decides about the plan: gestures become commands, the server answers, and the stream of numbered facts
 * is what is drawn. A desk is asked through a function where it is opened after the one that asks.
 */
import './shell/theme.css'
import './shell/board.css'
import type { BoardSnapshot } from '../../server/contract/board.ts'
import { openConflictDesk } from './desks/conflict-desk.ts'
import { openDangerDesk } from './desks/danger-desk.ts'
import { openDetailsDesk } from './desks/details-desk.ts'
import { openDragDesk } from './desks/drag-desk.ts'
import { openEditDesk } from './desks/edit-desk.ts'
import { keepFigures } from './desks/figures.ts'
import { openFindDesk } from './desks/find-desk.ts'
import { openFoot, whyText } from './desks/foot-desk.ts'
import { showKeys, watchKeyboard, watchSheet } from './desks/hands.ts'
import {
  type BoardInfo,
  type Company,
  readBoard,
  readCompany,
  sayEmpty,
  takeInHand,
} from './desks/in-hand.ts'
import { openJudging } from './desks/judging.ts'
import { openPainter } from './desks/painter.ts'
import { openPlanningDesk } from './desks/planning-desk.ts'
import { openPolicyDesk } from './desks/policy-desk.ts'
import { openProposalDesk } from './desks/proposal-desk.ts'
import { openQueueDesk } from './desks/queue-desk.ts'
import { openSight } from './desks/sight.ts'
import { openStreamDesk } from './desks/stream-desk.ts'
import { openTopDesk } from './desks/top-desk.ts'
import { openWhatIfDesk } from './desks/what-if-desk.ts'
import type { Act } from './model/act.ts'
import type { Bar } from './model/board.ts'
import { need } from './shell/dom.ts'
import { chosenTheme, useChosenLanguage, useTheme } from './shell/preferences.ts'
import { session } from './sync/api.ts'

async function start(): Promise<void> {
  useTheme(chosenTheme())
  useChosenLanguage()
  const who = await session()
  useChosenLanguage(who.user.language)
  const wanted = new URLSearchParams(location.search).get('board') ?? localStorage.getItem('board')
  // The board itself is the longest answer: it is asked for first, where it is known which one.
  const early = wanted === null ? null : readBoard(wanted)
  early?.catch(() => undefined)
  const company = await readCompany(who)
  const info = company.boards.find((one) => one.id === wanted) ?? company.boards[0]
  if (info) openBoard(company, info, info.id === wanted ? early : null)
  else sayEmpty(true)
}

function openBoard(company: Company, info: BoardInfo, early: Promise<BoardSnapshot> | null): void {
  const hand = takeInHand(company, info)
  const canvas = need<HTMLCanvasElement>('canvas')
  const repaint = (): void => painter.repaint()
  const changed = (): void => {
    repaint()
    figures.soon()
  }
  const refreshDetails = (): void => details.refresh()
  /** What may be asked for from several places: a gesture, a key, a button, a word typed. */
  const acts = {
    perform: (bar: Bar, act: Act): void => void edits.perform(bar, act),
    undo: (): void => void edits.undo(),
    plan: (): void => void planning.run(),
    nextAtRisk: (): void => details.choose(figures.nextAtRisk(details.selected)),
  }

  // ------------------------------------------------------------ the sheet

  const painter = openPainter(
    canvas,
    () => ({
      ...hand.shown(),
      ...sight.shown(),
      travel: policy.travel,
      tide: figures.summary.tide,
      loads: figures.summary.loads,
      chances: dangers.chances,
      selected: details.selected,
      focused: document.activeElement === canvas ? details.selected : null,
      pending: edits.pending,
      held: stream.held,
      ghosts: proposals.ghosts,
      contest: conflicts.contest,
      drag: drag.drag,
      isStale: stream.isBehind,
    }),
    () => sight,
  )
  const sight = openSight(canvas, hand, { repaint, moved: changed, zoomed: (px) => top.zoom(px) })
  const figures = keepFigures(hand, {
    sight: () => sight,
    queue: () => queue,
    top: () => top,
    foot: () => foot,
    pending: () => edits.pending,
    repaint,
  })
  const foot = openFoot({ summary: () => figures.summary, edits: () => edits, undo: acts.undo })

  // ------------------------------------------------------------ one job: placed, edited, looked at

  const policy = openPolicyDesk(hand, { repaint })
  const judging = openJudging(hand, () => policy.travel)
  const edits = openEditDesk(hand, {
    foot: () => foot,
    position: () => stream.position(),
    changed,
    saved: () => details.forgetFound(),
    conflict: (was, act, outcome) => conflicts.show(was, act, outcome),
    answered: refreshDetails,
  })
  const conflicts = openConflictDesk(hand, {
    sight: () => sight,
    judging,
    repaint,
    perform: acts.perform,
  })
  const dangers = openDangerDesk(hand, { selected: () => details.selected, refreshDetails, repaint })
  const details = openDetailsDesk(canvas, hand, {
    dangers: () => dangers,
    foot: () => foot,
    sight: () => sight,
    showInstead: (root) => proposals.render(root),
    selected(id) {
      if (id !== null) proposals.putAside()
      stream.presence({ looking: id })
      queue.select(id)
      repaint()
    },
    perform: acts.perform,
  })
  const drag = openDragDesk(canvas, hand, {
    sight,
    judging,
    foot,
    repaint,
    holding: (id) => stream.presence({ holding: id }),
    select: (id) => details.select(id),
    perform: acts.perform,
  })

  // ------------------------------------------------------------ plans and questions

  const proposals = openProposalDesk(hand, {
    sight: () => sight,
    foot: () => foot,
    counted: (moves) => top.proposal(moves),
    refreshDetails,
    repaint,
    decided(how, source) {
      // What failed is still there to decide; after a what-if, a run's proposal may have been waiting.
      if (how === 'failed' || source.question !== null) void planning.readQuietly()
    },
  })
  const planning = openPlanningDesk(hand, {
    proposals,
    foot,
    selected: () => details.selected,
    working: (isWorking) => top.planning(isWorking),
  })
  const whatIf = openWhatIfDesk(hand, { proposals, foot, stream: () => stream, select: details.select })

  // ------------------------------------------------------------ around the sheet

  const grab = (bar: Bar, event: PointerEvent): void => gestures.grab(bar, event)
  const queue = openQueueDesk(hand, { select: details.select, grab })
  const find = openFindDesk(hand, {
    ...acts,
    goNow: () => sight.goTo(Date.now()),
    showKeys,
    goToRow: sight.goToRow,
    choose: (id) => details.choose(hand.board.bars.get(id)),
  })
  const top = openTopDesk(hand, {
    sight,
    find,
    ...acts,
    whatIf: whatIf.ask,
    showPolicy: policy.show,
    showProposal: proposals.toggle,
    recolour: painter.recolour,
  })
  const gestures = watchSheet(canvas, hand, {
    sight,
    details,
    drag,
    isPending: (id) => edits.pending.has(id),
  })
  watchKeyboard(hand, {
    sight,
    details,
    queue,
    gestures,
    find: () => find,
    ...acts,
    putProposalAside: proposals.putAside,
  })

  // ------------------------------------------------------------ what arrives

  const stream = openStreamDesk(hand, {
    top: () => top,
    replaced() {
      // What was set while nothing was heard is in no event any more.
      void policy.refresh()
      changed()
      details.refresh()
    },
    folded(items, at) {
      for (const item of items) {
        if (item.board) policy.take(item.board)
        details.touched({ activityId: item.activity?.id, orderId: item.order?.id })
      }
      edits.reached(at)
      proposals.dropOvertaken(items)
      changed()
    },
    theirs: (id, was) => painter.noticeMove(was, hand.board.bars.get(id), id),
    notice(notice) {
      if (notice.kind === 'sla-warning' || notice.kind === 'sla-breach') repaint()
      else if (notice.kind === 'fork') whatIf.notice(notice)
      else planning.notice(notice)
    },
    opened: () => Promise.all([planning.readQuietly(), dangers.read()]),
    failedToReadPast: (error) => foot.say(whyText(error)),
    repaint,
    changed,
  })
  setInterval(() => {
    repaint()
    queue.tick(Date.now())
    details.tick()
    figures.settle()
  }, 1_000)
  void stream.open(early)
  foot.render()
  painter.start()
}

void start()
