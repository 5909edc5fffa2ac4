/**
 * The dispatcher's board: wires the link, the fold, the painters, the gestures and the panels.
 *
 * Nothing here decides about the plan: gestures become commands, the server answers, and the stream of numbered facts
 * is what is drawn.
 */
import './shell/theme.css'
import './shell/board.css'
import type { ActivityView } from '../../server/contract/activity.ts'
import type { BoardSnapshot } from '../../server/contract/board.ts'
import type { NoticeFrame, PresenceFrame } from '../../server/contract/live.ts'
import type { OptimisationView } from '../../server/contract/planning.ts'
import type { Calendar } from '../../server/domain/calendar/calendar.ts'
import { type Hit, watchGestures } from './input/gestures.ts'
import { watchKeys } from './input/keys.ts'
import { barBeside } from './input/walk.ts'
import {
  atX,
  HOUR,
  panBy,
  quartersPerStep,
  type Scale,
  snap,
  toOf,
  xOf,
  type ZoomName,
  zoomAt,
  zooms,
} from './layout/scale.ts'
import {
  barAt,
  type Density,
  HEAD,
  measures,
  NAMES,
  rowAt,
  type Sheet,
  sheetOf,
  stuckTeam,
  TEAM_ROW,
  TIDE,
} from './layout/sheet.ts'
import type { Act } from './model/act.ts'
import { type Bar, Board, type BoardPromise, barOf, isPlaced } from './model/board.ts'
import { betterOf, type Danger, dangersOf, LIKELY } from './model/danger.ts'
import { firstPlace, judgeDrop, type Known } from './model/feasibility.ts'
import type { Candidates, Explanation, OrderSlaSum, ProposalView, SlaWatch } from './model/planning.ts'
import { type BoardPolicyView, type WholePolicy, wholePolicy } from './model/policy.ts'
import type { Waiting } from './model/queue.ts'
import { plannedAt } from './model/risk.ts'
import { type Row, rowsOf, type Team } from './model/rows.ts'
import { type Summary, summaryOf } from './model/summary.ts'
import { type TypeName, type TypeRecord, typeNameOf } from './model/type-names.ts'
import { asProposal } from './model/what-if.ts'
import { DAY, dayStart } from './model/zone.ts'
import { conflictCard, type Side } from './panels/conflict-card.ts'
import { type Better, type DetailsContext, renderDetails } from './panels/details-panel.ts'
import { createDragCard } from './panels/drag-card.ts'
import { type Hit as FindHit, findBox } from './panels/find-box.ts'
import type { Found } from './panels/found-section.ts'
import { keysCard } from './panels/keys-card.ts'
import { type Kept, mergeCard } from './panels/merge-card.ts'
import { messageCard } from './panels/message-card.ts'
import { renderMirror } from './panels/mirror.ts'
import { type PolicyCard, policyCard } from './panels/policy-card.ts'
import { renderProposal } from './panels/proposal-panel.ts'
import { queuePanel } from './panels/queue-panel.ts'
import { topBar } from './panels/top-bar.ts'
import { type Until, whatIfCard } from './panels/what-if-card.ts'
import { verdictText, warningText } from './panels/words.ts'
import { readColours } from './render/colours.ts'
import { anchorHatches, makeHatches } from './render/hatches.ts'
import { forgetLabels } from './render/paint-bar.ts'
import { ANSWERS } from './render/paint-changes.ts'
import { paintSheet } from './render/paint-sheet.ts'
import type { Contest, Drag, Ghost, Glide, RowAnswer, View } from './render/view.ts'
import { button, el, need } from './shell/dom.ts'
import { chooseTheme, chosenTheme, type Theme, useChosenLanguage, useTheme } from './shell/preferences.ts'
import { currentLanguage, t } from './shell/text.ts'
import { clockTime, countdown, dayName } from './shell/time.ts'
import { ask, askAll, Refusal, type Session, session, signOut, Unreachable } from './sync/api.ts'
import { Edits, type Outcome, type Warning } from './sync/commands.ts'
import { discardFork, forkWithout, mergeFork } from './sync/forks.ts'
import { Link, type LinkState } from './sync/live.ts'
import { readPolicies, readPolicy, setPolicy } from './sync/policies.ts'

type BoardInfo = {
  id: string
  name: string
  timeZone: string
} & BoardPolicyView
type CalendarRecord = Omit<Calendar, 'base'>

const canvas = need<HTMLCanvasElement>('canvas')
// A canvas element always has a 2D context in a browser that runs this page.
const ctx = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D

async function start(): Promise<void> {
  useTheme(chosenTheme())
  useChosenLanguage()
  const who = await session()
  useChosenLanguage(who.user.language)
  const wanted = new URLSearchParams(location.search).get('board') ?? localStorage.getItem('board')
  // The board itself is the longest answer: it is asked for first, where it is known which one.
  const early = wanted === null ? null : readBoard(wanted)
  early?.catch(() => undefined)
  const [boards, teams, calendars, types] = await Promise.all([
    askAll<BoardInfo>('/boards?limit=200'),
    askAll<Team & { boardId: string | null }>('/teams?limit=200'),
    askAll<CalendarRecord>('/calendars?limit=200'),
    askAll<TypeRecord>('/activity-types?limit=200'),
  ])
  const info = boards.find((one) => one.id === wanted) ?? boards[0]
  if (!info) {
    need('empty').hidden = false
    need('empty').textContent = t('sheet.noPeople')
    return
  }
  openBoard(
    who,
    boards,
    info,
    teams.filter((team) => team.boardId === info.id),
    calendars,
    types,
    info.id === wanted ? early : null,
  )
}

const readBoard = async (id: string): Promise<BoardSnapshot> =>
  (await ask<BoardSnapshot>('GET', `/boards/${encodeURIComponent(id)}`)).value

function openBoard(
  who: Session,
  boards: readonly BoardInfo[],
  info: BoardInfo,
  teams: readonly Team[],
  calendars: readonly CalendarRecord[],
  types: readonly TypeRecord[],
  early: Promise<BoardSnapshot> | null,
): void {
  const zone = info.timeZone
  const board = new Board(info.id)
  const mayEdit = ['manager', 'dispatcher', 'administrator'].includes(who.user.role)
  const mayConfigure = ['manager', 'administrator'].includes(who.user.role)
  const typeNames = new Map<string, TypeName>(types.map((type) => [type.id, typeNameOf(type)]))
  const calendarsById = new Map<string, Calendar>(calendars.map((one) => [one.id, one]))
  let policy: BoardPolicyView = info
  let travel: WholePolicy = wholePolicy(policy.policy)

  const ratioNow = (): number => devicePixelRatio || 1
  let colours = readColours()
  let hatches = makeHatches(colours, ratioNow())
  let scale: Scale = { from: Date.now() - 2.2 * HOUR, pxPerHour: zooms.day, width: 800 }
  let scrollY = 0
  let rows: Row[] = []
  let density = densityOf(localStorage.getItem('density'))
  let sheet: Sheet = sheetOf([], density)
  let rowsAt = -1
  let summary: Summary = summaryOf(board, Date.now())
  let dangers: ReadonlyMap<string, Danger> = new Map()
  let chances: ReadonlyMap<string, number> = new Map()
  let better: {
    readonly activityId: string
    readonly version: number
    readonly offer: Better | null
  } | null = null
  const folded = new Set<string>(JSON.parse(localStorage.getItem(`folded ${info.id}`) ?? '[]') as string[])
  let selected: string | null = null
  let drag: Drag | null = null
  let link: { state: LinkState; heardAt: number } = { state: 'catching-up', heardAt: 0 }
  let sum: OrderSlaSum | null = null
  let found: Found | null = null
  let proposal: ProposalView | null = null
  /** The what-if that the shown moves come from; null while they are a run's proposal. */
  let whatIf: { readonly forkId: string; readonly question: string } | null = null
  let chosen = new Set<string>()
  let isChoosing = false
  let proposedCount = 0
  /** The move in the list under the pointer: with many moves, only its way is drawn. */
  let pointedMove: string | null = null
  let isProposalShown = false
  let contest: Contest | null = null
  const glides = new Map<string, Glide>()
  const isStill = matchMedia('(prefers-reduced-motion: reduce)')
  const fresh = new Map<string, number>()
  let held = new Map<string, string>()
  let isDirty = true
  let settledFor = ''

  const titleOf = (bar: Bar): string =>
    (bar.typeId === null ? undefined : typeNames.get(bar.typeId)?.full) ??
    board.orders.get(bar.orderId)?.description ??
    bar.number
  const placeOf = (bar: Bar): string => board.orders.get(bar.orderId)?.placeName ?? ''
  const nameOf = (id: string | null): string =>
    id === null ? t('details.nobody') : (board.technicians.get(id)?.name ?? id)
  const repaint = (): void => {
    isDirty = true
  }

  // ------------------------------------------------------------ rows and size

  const layOut = (): void => {
    if (rowsAt === board.peopleChanged) return
    rowsAt = board.peopleChanged
    rows = rowsOf(board, teams, folded)
    sheet = sheetOf(rows, density)
    scrollY = clampScroll(scrollY)
    need('empty').hidden = rows.length > 0
    if (rows.length === 0) need('empty').textContent = t('sheet.noPeople')
  }
  const clampScroll = (y: number): number =>
    Math.max(0, Math.min(y, sheet.height - (canvas.clientHeight - HEAD) + 40))
  const resize = (): void => {
    const ratio = ratioNow()
    hatches = makeHatches(colours, ratio)
    canvas.width = Math.round(canvas.clientWidth * ratio)
    canvas.height = Math.round(canvas.clientHeight * ratio)
    scale = { ...scale, width: Math.max(50, canvas.clientWidth - NAMES) }
    repaint()
  }
  new ResizeObserver(resize).observe(canvas)

  // ------------------------------------------------------------ the frame

  const clock = (at: number, withSeconds?: boolean): string => clockTime(at, zone, withSeconds)
  const dayLabel = (at: number): string => dayName(at, currentLanguage(), zone)
  const tideLabel = (): readonly [string, string] => {
    const quarters = quartersPerStep(scale)
    return [t('sheet.tide1'), quarters === 1 ? t('sheet.tide2') : t('sheet.tideHours', { h: quarters / 4 })]
  }
  const viewNow = (now: number): View => ({
    board,
    sheet,
    scale,
    scrollY,
    width: canvas.clientWidth,
    height: canvas.clientHeight,
    now,
    colours,
    hatches,
    zone,
    clock,
    dayLabel,
    summary: t('sheet.people', { n: board.technicians.size, t: teams.length }),
    tideLabel: tideLabel(),
    mineLabel: t('conflict.mine'),
    types: typeNames,
    calendars: calendarsById,
    travel,
    tide: summary.tide,
    loads: summary.loads,
    chances,
    selected,
    focused: document.activeElement === canvas ? selected : null,
    pending: edits.pending,
    fresh,
    glides,
    held,
    ghosts: ghostsShown,
    contest,
    drag,
    isStale: link.state === 'stale' || link.state === 'offline',
  })
  let ghostsShown: readonly Ghost[] = []
  const ghosts = (): Ghost[] =>
    (proposal?.moves ?? []).map((move, i) => ({
      activityId: move.activityId,
      technicianId: move.technicianId,
      start: Date.parse(move.start),
      end: Date.parse(move.end),
      number: i + 1,
      isChosen: chosen.has(move.activityId),
      hasWay: (proposal?.moves.length ?? 0) <= WAYS_MAX || move.activityId === pointedMove,
    }))

  const frame = (): void => {
    requestAnimationFrame(frame)
    const now = Date.now()
    for (const [id, at] of fresh) if (now - at > 1_600) fresh.delete(id)
    for (const [id, glide] of glides) if (now - glide.at > 220) glides.delete(id)
    if (fresh.size > 0 || glides.size > 0) isDirty = true
    if (!isDirty) return
    isDirty = false
    layOut()
    const ratio = ratioNow()
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    anchorHatches(hatches, xOf(scale, 0), -scrollY, ratio)
    paintSheet(ctx, viewNow(now))
  }
  setInterval(() => {
    repaint()
    queue.tick(Date.now())
    tickDetails()
    settle()
  }, 1_000)

  /** Work that may wait until nothing moves: the queue's list, the mirror, the figures. */
  const settle = (): void => {
    const mark = `${board.changed} ${Math.round(scale.from / 60_000)} ${scale.pxPerHour} ${queue.tab()} ${edits.pending.size}`
    if (mark === settledFor) return
    settledFor = mark
    layOut()
    summary = summaryOf(board, Date.now())
    queue.render(board, Date.now(), endOfDay())
    renderMirror(need('mirror'), {
      board,
      rows,
      zone,
      from: scale.from,
      to: toOf(scale),
      title: (id) => titleOf(board.bars.get(id) as Bar),
      topOf: (id) => sheet.byTechnician.get(id)?.top,
    })
    renderFigures()
    renderFoot()
  }
  const soon = (): void => {
    if (settleTimer === null)
      settleTimer = setTimeout(() => {
        settleTimer = null
        settle()
        repaint()
      }, 150)
  }
  let settleTimer: ReturnType<typeof setTimeout> | null = null
  const endOfDay = (): number => dayStart(zone, dayStart(zone, Date.now()) + DAY + DAY / 2)

  // ------------------------------------------------------------ edits

  const edits = new Edits(() => {
    repaint()
    soon()
  })
  const perform = async (bar: Bar, act: Act, undoable = true): Promise<void> => {
    if (!mayEdit) return
    const outcome = await edits.send(bar, act, { undoable })
    afterEdit(bar, act, outcome)
  }
  const afterEdit = (bar: Bar, act: Act, outcome: Outcome): void => {
    if (outcome.kind === 'saved') {
      foldOwn(outcome.activity)
      found = null
      if (outcome.activity.warnings.length > 0)
        say(t('warn.saved', { list: outcome.activity.warnings.map(warningText).join(', ') }))
    } else if (outcome.kind === 'conflict') showConflict(bar, act, outcome)
    else if (outcome.kind === 'refused') message(t('error.refused', { why: outcome.why }))
    else message(t('error.unreachable'))
    refreshDetails()
  }
  /** The answer is the truth already; the stream will say the same and confirm it. */
  const foldOwn = ({
    warnings: _warnings,
    ...activity
  }: ActivityView & { warnings: readonly Warning[] }): void => {
    board.fold([
      {
        seq: 1,
        type: 'own',
        at: activity.createdAt,
        actor: { id: who.user.id, name: who.user.name, kind: 'user' },
        commandId: null,
        activity,
      },
    ])
    const at = live.position(info.id)
    if (at) edits.reached(at)
    repaint()
    soon()
  }
  const showConflict = (was: Bar, act: Act, outcome: Extract<Outcome, { kind: 'conflict' }>): void => {
    const { current, by } = outcome
    board.fold([
      {
        seq: 1,
        type: 'theirs',
        at: current.createdAt,
        actor: { id: null, name: '', kind: 'system' },
        commandId: null,
        activity: current,
      },
    ])
    repaint()
    const mine: Wanted = {
      technicianId:
        'technicianId' in act && act.technicianId !== undefined ? act.technicianId : current.technicianId,
      start: 'start' in act && act.start ? act.start : current.start,
      end: 'end' in act && act.end ? act.end : current.end,
      state: act.type === 'dispatch' ? 'dispatched' : act.type === 'recall' ? 'undispatched' : current.state,
      priority: 'priority' in act ? act.priority : current.priority,
    }
    if (mine.start !== null && mine.end !== null)
      contest = {
        activityId: current.id,
        technicianId: mine.technicianId,
        start: Date.parse(mine.start),
        end: Date.parse(mine.end),
      }
    const bar = barOf(current)
    bring(bar)
    const done = (): void => {
      card.remove()
      contest = null
      repaint()
    }
    const card = conflictCard({
      by: by?.name ?? null,
      hasMoved: was.start !== current.start || was.technicianId !== current.technicianId,
      what: [titleOf(bar), board.orders.get(bar.orderId)?.placeName, board.orders.get(bar.orderId)?.number]
        .filter((part) => part)
        .join(', '),
      mine: sideOf(bar, mine),
      theirs: sideOf(bar, current),
      keepMine: () => {
        done()
        // Again, but on what stands now: a choice made with the other in view.
        void perform(board.bars.get(current.id) ?? bar, act)
      },
      keepTheirs: done,
    })
    // The card keeps clear of the row it is about.
    const rowY = (sheet.byTechnician.get(current.technicianId ?? '')?.top ?? 0) - scrollY
    card.classList.add(rowY > canvas.clientHeight * 0.4 ? 'high' : 'low')
    need('cards').append(card)
    card.querySelector('button')?.focus()
  }
  type Wanted = Pick<ActivityView, 'technicianId' | 'start' | 'end' | 'state' | 'priority'>
  /** One side of a conflict: what it says, and what the plan says to it. */
  const sideOf = (bar: Bar, side: Wanted): Side => {
    const time = (text: string | null): string => (text === null ? '–' : clock(Date.parse(text)))
    const placed = { ...bar, ...side, startAt: instant(side.start), endAt: instant(side.end) }
    const row = side.technicianId === null ? undefined : board.technicians.get(side.technicianId)
    const promise = board.nextPlacePromise(bar)
    const planned = promise && plannedAt(placed, promise.target)
    return {
      technician: nameOf(side.technicianId),
      start: time(side.start),
      end: time(side.end),
      state: t(`state.${side.state}`),
      priority: t(`priority.${side.priority}`),
      verdict:
        row && placed.startAt !== null && placed.endAt !== null
          ? judgeDrop(bar, row, placed.startAt, placed.endAt, knownOf(bar, row))
          : null,
      slackMinutes: promise && planned != null ? Math.round((promise.dueAt - planned) / 60_000) : null,
    }
  }
  const undo = async (): Promise<void> => {
    const last = edits.takeUndo()
    const bar = last && board.bars.get(last.id)
    if (bar && last) await perform(bar, last.inverse, false)
  }

  const message = (text: string): void => {
    const card = messageCard(text, () => card.remove())
    need('cards').append(card)
    setTimeout(() => card.remove(), 12_000)
    say(text)
  }
  const say = (text: string): void => {
    need('spoken').textContent = text
    footMessage = text
    renderFoot()
    clearTimeout(footTimer)
    footTimer = setTimeout(() => {
      footMessage = ''
      renderFoot()
    }, SAID_MS)
  }
  let footMessage = ''
  let footTimer: ReturnType<typeof setTimeout> | undefined

  // ------------------------------------------------------------ details

  const select = (id: string | null): void => {
    if (id !== selected) {
      sum = null
      found = null
    }
    selected = id
    canvas.toggleAttribute('data-chosen', id !== null)
    isProposalShown = id === null && isProposalShown
    live.presence(info.id, { looking: id })
    queue.select(id)
    refreshDetails()
    repaint()
    if (id !== null) {
      void readSum(id)
      void readBetter(id)
    }
  }
  const readSum = async (id: string): Promise<void> => {
    const bar = board.bars.get(id)
    if (!bar) return
    try {
      const { value } = await ask<OrderSlaSum>('GET', `/orders/${bar.orderId}/sla`, { tries: 2 })
      if (selected === id) {
        sum = value
        refreshDetails()
      }
    } catch (error) {
      // The rest of the panel still says what the board knows; the sum comes with the next look.
      say(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    }
  }
  const detailsContext = (bar: Bar): DetailsContext => ({
    board,
    bar,
    now: Date.now(),
    zone,
    title: titleOf(bar),
    sum,
    found,
    danger: dangers.get(bar.id) ?? null,
    better: better?.activityId === bar.id && better.version === bar.version ? better.offer : null,
    jobOf: (id) => {
      const job = board.bars.get(id)
      return job ? [titleOf(job), placeOf(job)].filter((part) => part).join(', ') : null
    },
    mayEdit,
    act: (act) => void perform(bar, act),
    candidates: () => void look('candidates'),
    explain: () => void look('explanation'),
    close: () => select(null),
  })
  const refreshDetails = (): void => {
    const root = need('details')
    const bar = selected === null ? undefined : board.bars.get(selected)
    const open = proposal
    root.hidden = bar === undefined && !(open && isProposalShown)
    if (open && isProposalShown) showProposalIn(root, open)
    else if (bar) renderDetails(root, detailsContext(bar))
  }
  const tickDetails = (): void => {
    const big = document.querySelector<HTMLElement>('#details [data-due]')
    if (big) big.textContent = countdown(Number(big.dataset.due) - Date.now())
  }
  const look = async (kind: 'candidates' | 'explanation'): Promise<void> => {
    const id = selected
    if (id === null) return
    try {
      if (kind === 'candidates')
        found = {
          kind,
          value: (await ask<Candidates>('GET', `/activities/${id}/candidates`, { tries: 2 })).value,
        }
      else
        found = {
          kind,
          value: (await ask<Explanation>('GET', `/activities/${id}/explanation`, { tries: 2 })).value,
        }
      if (selected === id) {
        refreshDetails()
        document.getElementById('found')?.scrollIntoView({ block: 'nearest' })
      }
    } catch (error) {
      message(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    }
  }

  // ------------------------------------------------------------ the queue

  const queue = queuePanel(need('queue'), {
    title: (waiting: Waiting) => titleOf(waiting.bar),
    place: ({ bar }) =>
      [board.orders.get(bar.orderId)?.placeName, bar.requiredSkills.map((s) => s.skill).join(', ')]
        .filter((part) => part)
        .join(' · '),
    next(now) {
      let first: { bar: Bar; dueAt: number } | undefined
      for (const bar of board.bars.values()) {
        const dueAt = board.nextPromise(bar)?.dueAt
        if (dueAt !== undefined && dueAt > now && dueAt < (first?.dueAt ?? Number.POSITIVE_INFINITY))
          first = { bar, dueAt }
      }
      return first ? t('queue.next', { time: clock(first.dueAt), place: placeOf(first.bar) }) : ''
    },
    onSelect: (id) => select(id),
    onGrab: (id, event) => {
      const bar = board.bars.get(id)
      if (bar && mayEdit) gestures.grab(bar, event)
    },
  })

  // ------------------------------------------------------------ drag

  const knownOf = (bar: Bar, technician: { id: string; calendarId: string | null }): Known => ({
    calendar: technician.calendarId === null ? null : (calendarsById.get(technician.calendarId) ?? null),
    bars: board.barsOf(technician.id),
    linked: board.linkedTo(bar),
    order: board.orders.get(bar.orderId),
    zone,
    travel,
  })
  const dragCard = createDragCard(document.body)

  const lengthOf = (bar: Bar): number =>
    isPlaced(bar) ? bar.endAt - bar.startAt : bar.durationMinutes * 60_000
  /** What every row in sight says: the one under the hand at this very time, the others at their own first place. */
  const answersFor = (bar: Bar, startAt: number, here: string | null): Map<string, RowAnswer> => {
    const answers = new Map<string, RowAnswer>()
    const length = lengthOf(bar)
    for (const { row, top, height } of sheet.rows) {
      if (row.kind !== 'technician' || top > scrollY + canvas.clientHeight || top + height < scrollY) continue
      const known = knownOf(bar, row.technician)
      const verdict =
        row.id === here
          ? { ...judgeDrop(bar, row.technician, startAt, startAt + length, known), start: startAt }
          : firstPlace(bar, row.technician, startAt, length, known)
      answers.set(row.id, {
        mark: verdict.mark,
        text: verdictText(verdict, clock(verdict.start)),
        start: verdict.start,
        end: verdict.start + length,
      })
    }
    return answers
  }
  const dragMove = (bar: Bar, grabOffsetMs: number, clientX: number, clientY: number): void => {
    const box = canvas.getBoundingClientRect()
    const x = clientX - box.left
    const y = clientY - box.top
    const startAt = snap(atX(scale, x - NAMES) - grabOffsetMs)
    const isOver = x > NAMES && y > HEAD && x < box.width && y < box.height
    const under = isOver ? rowAt(sheet, y - HEAD + scrollY) : undefined
    const technicianId = under?.row.kind === 'technician' ? under.row.id : null
    const promise = board.nextPlacePromise(bar)
    if (drag === null) live.presence(info.id, { holding: bar.id })
    drag = {
      bar,
      start: startAt,
      end: startAt + lengthOf(bar),
      technicianId,
      answers: answersFor(bar, startAt, technicianId),
      promiseAt: promise?.dueAt ?? null,
      promiseLabel: promise ? t(`drag.by.${promise.target}`, { time: clock(promise.dueAt) }) : '',
    }
    showDragCard(drag, promise, clientX, clientY)
    repaint()
  }
  const showDragCard = (held: Drag, promise: BoardPromise | undefined, x: number, y: number): void => {
    const { bar } = held
    const technician = held.technicianId === null ? undefined : board.technicians.get(held.technicianId)
    dragCard.show({
      title: technician ? `${technician.name}, ${clock(held.start)}` : titleOf(bar),
      times: `${clock(held.start)} – ${clock(held.end)}`,
      verdict: technician ? judgeDrop(bar, technician, held.start, held.end, knownOf(bar, technician)) : null,
      slackMinutes: promise
        ? (promise.dueAt - (promise.target === 'complete' ? held.end : held.start)) / 60_000
        : null,
    })
    dragCard.place({
      x,
      y,
      rowHeight: measures[density].row,
      right: canvas.getBoundingClientRect().right - ANSWERS - 8,
    })
  }
  const endDrag = (): void => {
    drag = null
    dragCard.hide()
    live.presence(info.id, { holding: null })
    repaint()
  }

  // ------------------------------------------------------------ gestures and keys

  const hit = (x: number, y: number): Hit => {
    if (y < HEAD) return y < TIDE ? { kind: 'head', at: atX(scale, x - NAMES) } : { kind: 'ground' }
    const stuck = y - HEAD < TEAM_ROW ? stuckTeam(sheet, scrollY) : undefined
    const placed = stuck ?? rowAt(sheet, y - HEAD + scrollY)
    if (placed?.row.kind === 'team') return { kind: 'team', id: placed.row.id }
    if (x < NAMES) return { kind: 'ground' }
    const bar = barAt(board, sheet, scale, x - NAMES, y - HEAD + scrollY)
    return bar
      ? { kind: 'bar', bar, grabOffsetMs: atX(scale, x - NAMES) - (bar.startAt ?? 0) }
      : { kind: 'ground' }
  }
  const gestures = watchGestures(canvas, {
    hit,
    canDrag: (bar) => mayEdit && bar.state !== 'closed' && !edits.pending.has(bar.id),
    pan(dx, dy) {
      scale = panBy(scale, dx)
      scrollY = clampScroll(scrollY - dy)
      repaint()
      soon()
    },
    zoom(x, factor) {
      scale = zoomAt(scale, Math.max(0, x - NAMES), factor)
      top.zoom(scale.pxPerHour)
      repaint()
      soon()
    },
    click(what) {
      canvas.focus({ preventScroll: true })
      if (what.kind === 'bar') select(what.bar.id)
      else if (what.kind === 'team') {
        if (folded.has(what.id)) folded.delete(what.id)
        else folded.add(what.id)
        localStorage.setItem(`folded ${info.id}`, JSON.stringify([...folded]))
        rowsAt = -1
        repaint()
      } else if (what.kind === 'head') goTo(what.at)
      else select(null)
    },
    dragMove,
    dragEnd(bar) {
      const at = drag
      endDrag()
      if (!at || at.technicianId === null) return
      select(bar.id)
      if (at.answers.get(at.technicianId)?.mark === 'cannot') {
        message(t('error.refused', { why: at.answers.get(at.technicianId)?.text ?? '' }))
        return
      }
      // On the version that was taken hold of: what a colleague did meanwhile must come back as a conflict.
      void perform(bar, {
        type: 'reschedule',
        start: new Date(at.start).toISOString(),
        end: new Date(at.end).toISOString(),
        technicianId: at.technicianId,
      })
    },
    dragCancel: endDrag,
    hover(x, y) {
      canvas.style.cursor = hit(x, y).kind === 'bar' ? 'grab' : 'default'
    },
  })

  const goTo = (at: number): void => {
    scale = { ...scale, from: at - (scale.width / scale.pxPerHour) * HOUR * 0.3 }
    repaint()
    soon()
  }
  const bring = (bar: Bar): void => {
    if (bar.startAt === null) return
    const x = xOf(scale, bar.startAt)
    if (x < 0 || x > scale.width - 60) goTo(bar.startAt)
    const placed = sheet.rows.find((one) => one.row.id === bar.technicianId)
    if (placed && (placed.top < scrollY || placed.top + placed.height > scrollY + canvas.clientHeight - HEAD))
      scrollY = clampScroll(placed.top - 120)
  }
  const choose = (bar: Bar | undefined): void => {
    if (!bar) return
    bring(bar)
    select(bar.id)
  }
  watchKeys({
    queueNext(step) {
      const order = queue.order()
      const i = selected === null ? -1 : order.indexOf(selected)
      const next =
        order[i === -1 ? (step === 1 ? 0 : order.length - 1) : (i + step + order.length) % order.length]
      if (next !== undefined) select(next)
    },
    walk(direction) {
      choose(barBeside(board, sheet, selected === null ? undefined : board.bars.get(selected), direction))
    },
    dispatch() {
      const bar = selected === null ? undefined : board.bars.get(selected)
      if (bar?.state === 'undispatched') void perform(bar, { type: 'dispatch' })
    },
    why: () => void look('explanation'),
    who: () => void look('candidates'),
    nextAtRisk: () => nextAtRisk(),
    now: () => goTo(Date.now()),
    zoom(factor) {
      scale = zoomAt(scale, scale.width / 2, factor)
      top.zoom(scale.pxPerHour)
      repaint()
      soon()
    },
    find: () => find.focus(),
    undo: () => void undo(),
    escape() {
      const isHolding = gestures.isDragging()
      gestures.cancel()
      find.close()
      for (const card of document.querySelectorAll(SHORT_LIVED)) card.remove()
      if (isHolding) return
      isProposalShown = false
      select(null)
    },
    help() {
      const card = keysCard(() => card.remove())
      need('cards').append(card)
    },
  })
  const nextAtRisk = (): void => {
    const { risky } = summary
    const i = risky.findIndex((one) => one.bar.id === selected)
    choose(risky[(i + 1) % Math.max(1, risky.length)]?.bar)
  }

  // ------------------------------------------------------------ top and foot

  const search = (text: string): FindHit[] => {
    const acts: FindHit[] = [
      { title: t('find.now'), note: 'N', go: () => goTo(Date.now()) },
      { title: t('find.risk'), note: 'R', go: nextAtRisk },
      ...(mayEdit ? [{ title: t('find.plan'), note: '', go: () => void plan() }] : []),
      { title: t('keys.title'), note: '?', go: () => need('cards').append(keysCard(closeKeys)) },
    ]
    if (text === '') return acts
    const has = (...parts: (string | null | undefined)[]): boolean =>
      parts.some((part) => part?.toLowerCase().includes(text))
    const people = [...board.technicians.values()]
      .filter((one) => has(one.name))
      .map((one) => ({ title: one.name, note: t('fact.technician'), go: () => goToRow(one.id) }))
    const jobs: FindHit[] = []
    for (const bar of board.bars.values()) {
      if (jobs.length >= 8) break
      const order = board.orders.get(bar.orderId)
      if (has(titleOf(bar), order?.number, order?.placeName, order?.description, order?.customerName))
        jobs.push({
          title: titleOf(bar),
          note: [order?.placeName, order?.number].filter((part) => part).join(' · '),
          go: () => choose(bar),
        })
    }
    return [...acts.filter((one) => has(one.title)), ...people.slice(0, 3), ...jobs]
  }
  const closeKeys = (): void => {
    for (const card of document.querySelectorAll('[data-card=keys]')) card.remove()
  }
  const goToRow = (id: string): void => {
    const placed = sheet.byTechnician.get(id)
    if (placed) scrollY = clampScroll(placed.top - 120)
    repaint()
  }
  const find = findBox(search)
  const setScale = (pxPerHour: number): void => {
    scale = zoomAt(scale, scale.width * 0.3, pxPerHour / scale.pxPerHour)
    top.zoom(scale.pxPerHour)
    repaint()
    soon()
  }
  const setDensity = (next: Density): void => {
    density = next
    localStorage.setItem('density', next)
    rowsAt = -1
    repaint()
  }
  const setTheme = (theme: Theme): void => {
    chooseTheme(theme)
    recolour()
  }
  const recolour = (): void => {
    colours = readColours()
    hatches = makeHatches(colours, ratioNow())
    repaint()
  }
  const top = topBar(need('top'), {
    company: who.company.name,
    me: `${who.user.name}, ${who.company.name}`,
    boards,
    board: info.id,
    mayPlan: mayEdit,
    zooms,
    find: find.root,
    openBoard(id) {
      localStorage.setItem('board', id)
      location.search = `?board=${encodeURIComponent(id)}`
    },
    openQueue: () => need('queue').classList.toggle('open'),
    setZoom: (name) => setScale(zooms[name as ZoomName]),
    stepDay: (step) => goTo(scale.from + (scale.width / scale.pxPerHour) * HOUR * 0.3 + step * DAY),
    goNow: () => goTo(Date.now()),
    nextAtRisk,
    plan: () => void plan(),
    whatIf: () => askWhatIf(),
    showPolicy: () => showPolicy(),
    showProposal() {
      isProposalShown = !isProposalShown
      refreshDetails()
    },
    menu: () => [
      [
        'top.theme',
        (['light', 'dark'] as const).map((theme) => ({
          name: theme,
          label: t(theme === 'light' ? 'top.day' : 'top.night'),
          isChosen: chosenTheme() === theme,
          choose: () => setTheme(theme),
        })),
      ],
      [
        'top.dense',
        (Object.keys(measures) as Density[]).map((one) => ({
          name: one,
          label: t(`dense.${one}`),
          isChosen: density === one,
          choose: () => setDensity(one),
        })),
      ],
    ],
    signOut: () => void signOut(),
  })
  top.zoom(scale.pxPerHour)

  const renderFigures = (): void => {
    top.figures(summary)
    top.day(dayLabel(scale.from + (scale.width / scale.pxPerHour) * HOUR * 0.3))
  }
  const renderFoot = (): void => {
    const pending = edits.pending.size
    need('foot').replaceChildren(
      el('span', {}, pending === 0 ? `✓ ${t('foot.saved')}` : t('foot.pending', { n: pending })),
      el(
        'span',
        { class: 'optional' },
        t('foot.counts', { a: summary.unassigned, b: summary.planned, c: summary.onSite }),
      ),
      el('span', { class: 'gap' }),
      el('span', { class: 'said' }, footMessage),
      edits.canUndo ? button(t('foot.undo'), () => void undo(), 'link') : '',
      edits.canUndo ? el('kbd', {}, '⌘Z') : '',
      el('span', { class: 'optional' }, t('foot.keys')),
    )
  }
  const renderState = (): void => {
    const age = link.heardAt === 0 ? null : (Date.now() - link.heardAt) / 1000
    top.state(link.state, age)
    const band = need('band')
    band.hidden = link.state !== 'stale' && link.state !== 'offline'
    if (!band.hidden) band.textContent = t('state.band', { s: Math.round(age ?? 0) })
  }

  // ------------------------------------------------------------ planning

  const plan = async (): Promise<void> => {
    top.planning(true)
    try {
      const { value } = await ask<OptimisationView>('POST', `/boards/${info.id}/optimisations`, {
        body: { mode: 'propose', budgetMs: 1_500 },
      })
      for (let look_ = 0; look_ < 60; look_++) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        const run = (await ask<OptimisationView>('GET', `/optimisations/${value.id}`)).value
        if (run.status === 'queued' || run.status === 'running') continue
        if (run.proposalId === null)
          message(
            run.status === 'done' ? t('proposal.none') : t('error.refused', { why: run.error ?? run.status }),
          )
        else await readProposals()
        break
      }
    } catch (error) {
      message(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    } finally {
      top.planning(false)
    }
  }
  const readProposals = async (): Promise<void> => {
    const { value } = await ask<{ items: ProposalView[] }>(
      'GET',
      `/proposals?boardId=${info.id}&status=open`,
      { tries: 2 },
    )
    const first = value.items[0] ?? null
    // The answer to a what-if stays until it is decided.
    if (first?.id === proposal?.id || whatIf !== null) return
    proposedCount = first?.moves.length ?? 0
    proposal = stillOpen(first)
    chosen = new Set(proposal?.moves.map((move) => move.activityId))
    isChoosing = false
    // It shows itself where nobody is looking at something else.
    isProposalShown = proposal !== null && selected === null && innerWidth > NARROW
    refreshProposal()
  }
  const refreshProposal = (): void => {
    ghostsShown = ghosts()
    top.proposal(proposal?.moves.length ?? null)
    if (proposal && isProposalShown) say(t('proposal.holds', { n: proposal.baseSeq }))
    refreshDetails()
    repaint()
  }
  const titleOfId = (id: string): string => {
    const bar = board.bars.get(id)
    return bar
      ? [titleOf(bar), board.orders.get(bar.orderId)?.placeName].filter((part) => part).join(', ')
      : id
  }
  const showProposalIn = (root: HTMLElement, open: ProposalView): void =>
    renderProposal(root, {
      proposal: open,
      whatIf: whatIf?.question ?? null,
      chosen,
      isChoosing,
      isWhole: open.moves.length === proposedCount,
      now: Date.now(),
      zone,
      title: titleOfId,
      technician: nameOf,
      bar: (id) => board.bars.get(id),
      choose() {
        isChoosing = !isChoosing
        refreshProposal()
      },
      toggle(id) {
        if (chosen.has(id)) chosen.delete(id)
        else chosen.add(id)
        refreshProposal()
      },
      show(id) {
        const bar = board.bars.get(id)
        const move = open.moves.find((one) => one.activityId === id)
        if (bar && isPlaced(bar)) bring(bar)
        else if (move) {
          goTo(Date.parse(move.start))
          goToRow(move.technicianId)
        }
      },
      point(id) {
        pointedMove = id
        ghostsShown = ghosts()
        repaint()
      },
      accept: () => void decideProposal(open, 'apply'),
      leave: () => void decideProposal(open, 'discard'),
    })
  /** What nobody chose needs no telling; what somebody's hand kept from being made does. */
  const showMerged = (applied: number, dropped: readonly Kept[]): void => {
    const kept = dropped.filter((one) => chosen.has(one.activityId))
    say(t('proposal.applied', { n: applied, d: dropped.length }))
    if (kept.length === 0) return
    const card = mergeCard(
      { applied, kept },
      {
        zone,
        title: titleOfId,
        show(id) {
          const bar = board.bars.get(id)
          if (bar) bring(bar)
        },
        close: () => card.remove(),
      },
    )
    need('cards').append(card)
  }
  // ------------------------------------------------------------ the policy

  let policyShown: PolicyCard | null = null
  /** A change counts at once: in the card, and in what is judged while a bar is dragged. */
  const takePolicy = (next: BoardPolicyView): void => {
    if (next.version < policy.version) return
    policy = next
    travel = wholePolicy(next.policy)
    policyShown?.show(next)
    if (policyShown !== null) void readPolicyHistory()
    repaint()
  }
  const readPolicyHistory = async (): Promise<void> => {
    try {
      policyShown?.history(await readPolicies(info.id, 5))
    } catch (error) {
      // The policy itself stands; only who set what before cannot be told now.
      if (!(error instanceof Unreachable) && !(error instanceof Refusal)) throw error
    }
  }
  const refreshPolicy = async (): Promise<void> => {
    try {
      takePolicy(await readPolicy(info.id))
    } catch (error) {
      // It is read again with the next snapshot, and each change is told on the stream.
      if (!(error instanceof Unreachable) && !(error instanceof Refusal)) throw error
    }
  }
  const showPolicy = (): void => {
    if (policyShown !== null) return
    const close = (): void => {
      card.root.remove()
      policyShown = null
    }
    const card = policyCard(policy, {
      mayEdit: mayConfigure,
      zone,
      language: currentLanguage(),
      close,
      async save(seen, next) {
        try {
          takePolicy(await setPolicy(seen, next))
          return null
        } catch (error) {
          if (error instanceof Refusal && error.problem.code === 'VERSION_CONFLICT') await refreshPolicy()
          if (error instanceof Refusal) return t('error.refused', { why: error.message })
          if (error instanceof Unreachable) return t('error.unreachable')
          throw error
        }
      },
    })
    policyShown = card
    need('cards').append(card.root)
    void readPolicyHistory()
    void refreshPolicy()
  }

  /** Plans made by straight lines for want of the travel service: said until it answers again. */
  const sayTravel = (notice: NoticeFrame): void => {
    document.querySelector('[data-card=travel]')?.remove()
    if (notice.status !== 'straight-line') return
    const text = t('travel.straight', { why: notice.message ?? '' })
    const card = messageCard(text, () => card.remove())
    card.dataset.card = 'travel'
    need('cards').append(card)
    say(text)
  }

  const askWhatIf = (): void => {
    document.querySelector('[data-card=whatif]')?.remove()
    const card = whatIfCard({
      people: [...board.technicians.values()]
        .filter((one) => one.active && one.teamId !== null)
        .map(({ id, name }) => ({ id, name }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      close: () => card.remove(),
      ask: (technicianId, until) => void answerWhatIf(technicianId, until).finally(() => card.remove()),
    })
    need('cards').append(card)
  }
  const answerWhatIf = async (technicianId: string, until: Until): Promise<void> => {
    const days = { today: 1, tomorrow: 2, week: 8 }[until]
    const from = Date.now()
    const question = t('whatif.kicker', { who: nameOf(technicianId) })
    try {
      const diff = await forkWithout(info.id, {
        technicianId,
        from,
        to: dayStart(zone, dayStart(zone, from) + days * DAY + DAY / 2),
        name: question,
      })
      if (diff.moves.length === 0) {
        message(t('whatif.none', { who: nameOf(technicianId) }))
        await discardFork(diff.forkId)
        return
      }
      whatIf = { forkId: diff.forkId, question }
      showDiff(asProposal(diff, board, Date.now()))
    } catch (error) {
      message(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    }
  }
  const showDiff = (one: ProposalView): void => {
    proposal = one
    proposedCount = one.moves.length
    chosen = new Set(one.moves.map((move) => move.activityId))
    isChoosing = false
    isProposalShown = true
    select(null)
    refreshProposal()
  }
  const decideWhatIf = async (forkId: string, what: 'apply' | 'discard'): Promise<void> => {
    whatIf = null
    proposal = null
    isProposalShown = false
    refreshProposal()
    try {
      if (what === 'apply') {
        const merged = await mergeFork(forkId, [...chosen])
        showMerged(merged.applied, merged.dropped)
      }
      // What was not chosen is not kept for later: the question has been answered.
      await discardFork(forkId)
    } catch (error) {
      message(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    }
    void readProposals().catch(() => undefined)
  }
  const decideProposal = async (open: ProposalView, what: 'apply' | 'discard'): Promise<void> => {
    if (whatIf !== null) return decideWhatIf(whatIf.forkId, what)
    proposal = null
    isProposalShown = false
    refreshProposal()
    try {
      const body = what === 'apply' ? { activityIds: [...chosen] } : {}
      const { value } = await ask<{ applied?: number; dropped?: Kept[] }>(
        'POST',
        `/proposals/${open.id}/${what}`,
        { body },
      )
      if (what === 'apply') showMerged(value.applied ?? 0, value.dropped ?? [])
    } catch (error) {
      message(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
      // It is still there to decide.
      void readProposals().catch(() => undefined)
    }
  }
  /** How likely promises are missed: from finished work and the days as planned, so the server's to say; asked for now and then, and after notices. */
  const readChances = async (): Promise<void> => {
    if (document.hidden) return
    try {
      const { value } = await ask<SlaWatch>('GET', `/boards/${info.id}/sla-watch`, { tries: 1 })
      tellDangers(dangersOf(value))
    } catch {
      // Without them the board still knows its deadlines; the next round asks again.
      tellDangers(new Map())
    }
  }
  const tellDangers = (next: ReadonlyMap<string, Danger>): void => {
    dangers = next
    chances = new Map([...next].map(([id, { chance }]) => [id, chance]))
    repaint()
    if (selected === null) return
    refreshDetails()
    void readBetter(selected)
  }
  /** For the job in view that is likely missed: who would likelier keep it. */
  const readBetter = async (id: string): Promise<void> => {
    const bar = board.bars.get(id)
    const chance = dangers.get(id)?.chance ?? 0
    if (!bar || bar.state === 'closed' || chance < LIKELY || chance >= 1) return
    if (better?.activityId === id && better.version === bar.version) return
    better = { activityId: id, version: bar.version, offer: null }
    try {
      const { value } = await ask<Candidates>('GET', `/activities/${id}/candidates`, { tries: 1 })
      const offer = betterOf(value.candidates, { technicianId: bar.technicianId, chance })
      better = { activityId: id, version: bar.version, offer }
      if (selected === id) refreshDetails()
    } catch {
      // An offer nobody asked for: without it the panel still says what the danger comes from.
      better = null
    }
  }
  setInterval(() => void readChances(), 15_000)

  // ------------------------------------------------------------ the link

  const onNotice = (notice: NoticeFrame): void => {
    if (notice.board !== info.id) return
    if (notice.kind === 'proposal') void readProposals()
    else if (notice.kind === 'travel-fallback') sayTravel(notice)
    else if (notice.kind === 'sla-warning' || notice.kind === 'sla-breach') repaint()
  }
  const live = new Link({
    state(state, heardAt) {
      if (state !== link.state) repaint()
      link = { state, heardAt }
      renderState()
    },
    notice: onNotice,
  })
  /** Someone else's change leaves a wash, and the bar glides from where it was. */
  const noticeMove = (id: string, was: Bar | undefined): void => {
    const now = Date.now()
    fresh.set(id, now)
    const is = board.bars.get(id)
    if (isStill.matches || !was || !is || !isPlaced(was) || !isPlaced(is)) return
    if (was.startAt !== is.startAt || was.technicianId !== is.technicianId)
      glides.set(id, { technicianId: was.technicianId, start: was.startAt, at: now })
  }
  /** Moves that events have overtaken are no longer offered: each was made for one version of its visit. */
  const stillOpen = (one: ProposalView | null): ProposalView | null => {
    const moves = one?.moves.filter((m) => board.bars.get(m.activityId)?.version === m.expectedVersion) ?? []
    return one && moves.length > 0 ? { ...one, moves } : null
  }
  const dropOvertaken = (items: readonly { activity?: ActivityView | undefined }[]): void => {
    const touched = new Set(items.map((item) => item.activity?.id))
    if (!proposal?.moves.some((move) => touched.has(move.activityId))) return
    proposal = stillOpen(proposal)
    chosen = new Set(proposal?.moves.flatMap((m) => (chosen.has(m.activityId) ? [m.activityId] : [])))
    if (proposal === null) isProposalShown = false
    refreshProposal()
  }
  const listener = {
    snapshot(state: Pick<BoardSnapshot, 'activities' | 'technicians' | 'orders'>) {
      board.replace(state)
      // What was set while nothing was heard is in no event any more.
      void refreshPolicy()
      repaint()
      soon()
      refreshDetails()
    },
    events(items: Parameters<Board['fold']>[0], at: { epoch: string; seq: number }) {
      const before = new Map<string, Bar | undefined>()
      for (const { activity } of items) if (activity) before.set(activity.id, board.bars.get(activity.id))
      const touched = board.fold(items)
      const isStorm = touched.length > 40
      for (const item of items) {
        if (item.board) takePolicy(item.board)
        if (!isStorm && item.activity && item.actor.id !== who.user.id)
          noticeMove(item.activity.id, before.get(item.activity.id))
        if (
          item.activity?.id === selected ||
          (item.order && board.bars.get(selected ?? '')?.orderId === item.order.id)
        ) {
          refreshDetails()
          if (selected !== null && item.order) void readSum(selected)
        }
      }
      edits.reached(at)
      dropOvertaken(items)
      repaint()
      soon()
    },
    verify: (checksum: number) => board.checksum() === checksum,
    presence(frame_: PresenceFrame) {
      held = new Map(
        frame_.people.flatMap((p) =>
          p.holding !== null && p.userId !== who.user.id ? [[p.holding, initials(p.name)] as const] : [],
        ),
      )
      top.people(
        frame_.people.map((p) => ({
          initials: initials(p.name),
          name: p.name,
          isMe: p.userId === who.user.id,
        })),
      )
      repaint()
    },
  }
  const open = async (first: Promise<BoardSnapshot> | null): Promise<void> => {
    try {
      const value = await (first ?? readBoard(info.id))
      localStorage.setItem('board', info.id)
      board.replace(value)
      need('empty').hidden = true
      live.follow(info.id, { epoch: value.epoch, seq: value.seq }, listener)
      void readChances()
    } catch (error) {
      const root = need('empty')
      root.hidden = false
      root.replaceChildren(
        t('error.board', { why: error instanceof Error ? error.message : String(error) }),
        ' ',
        button(t('error.again'), () => void open(null)),
      )
      return
    } finally {
      repaint()
      soon()
    }
    await Promise.all([readPast(), readProposals().catch(() => undefined), readChances()])
  }
  /** The day so far, grey behind now; the board works without it. */
  const readPast = async (): Promise<void> => {
    const [from, to] = [Date.now() - DAY, Date.now() + DAY].map((at) => new Date(at).toISOString())
    try {
      const path = `/boards/${info.id}?includeClosed=true&from=${from}&to=${to}`
      board.addPast((await ask<BoardSnapshot>('GET', path, { tries: 2 })).value)
      repaint()
      soon()
    } catch (error) {
      say(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    }
  }
  void open(early)
  resize()
  renderState()
  renderFoot()
  requestAnimationFrame(frame)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour)
  void document.fonts.ready.then(() => {
    forgetLabels()
    repaint()
  })
}

const SAID_MS = 20_000

/** Below this the panels lie over the sheet, and nothing opens by itself. */
const NARROW = 1100
/** Cards that Escape puts away; the policy may hold unsaved figures and stays. */
const SHORT_LIVED = '[data-card=keys], [data-card=message], [data-card=whatif], [data-card=merge]'

/** More ways than this across the sheet are a tangle. */
const WAYS_MAX = 8

const instant = (text: string | null): number | null => (text === null ? null : Date.parse(text))

const densityOf = (text: string | null): Density =>
  text === 'compact' || text === 'comfortable' ? text : 'standard'

const initials = (name: string): string =>
  name
    .split(' ')
    .map((part) => part[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase()

void start()
