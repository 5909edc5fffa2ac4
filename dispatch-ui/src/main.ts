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
import type { OrderSlaSum } from '../../server/contract/order.ts'
import type {
  Candidates,
  Explanation,
  OptimisationView,
  ProposalView,
} from '../../server/contract/planning.ts'
import type { Calendar } from '../../server/domain/calendar/calendar.ts'
import { type Hit, watchGestures } from './input/gestures.ts'
import { watchKeys } from './input/keys.ts'
import {
  atX,
  HOUR,
  panBy,
  type Scale,
  snap,
  toOf,
  xOf,
  type ZoomName,
  zoomAt,
  zooms,
} from './layout/scale.ts'
import { barAt, HEAD, NAMES, rowAt, type Sheet, sheetOf, TIDE } from './layout/sheet.ts'
import { type Bar, Board, barOf } from './model/board.ts'
import { judgeDrop, type Verdict } from './model/feasibility.ts'
import { isUnassigned, isUndispatched, type Waiting } from './model/queue.ts'
import { standingOf } from './model/risk.ts'
import { type Row, rowsOf, type Team } from './model/rows.ts'
import { conflictCard, messageCard, proposalCard } from './panels/cards.ts'
import { type DetailsContext, type Found, renderDetails } from './panels/details-panel.ts'
import { renderMirror } from './panels/mirror.ts'
import { queuePanel } from './panels/queue-panel.ts'
import { readColours } from './render/colours.ts'
import { paintSheet } from './render/paint-sheet.ts'
import { forgetWidths } from './render/text-fit.ts'
import type { Drag, Ghost, RowAnswer, TypeName, View } from './render/view.ts'
import { button, el, need } from './shell/dom.ts'
import { logo } from './shell/logo.ts'
import { currentLanguage, type TextKey, t, useLanguage } from './shell/text.ts'
import { clockTime, countdown, dayName } from './shell/time.ts'
import { ask, askAll, type Session, session, signOut } from './sync/api.ts'
import { type Act, Edits, type Outcome, type Warning } from './sync/commands.ts'
import { Link, type LinkState } from './sync/live.ts'

type BoardInfo = {
  id: string
  name: string
  timeZone: string
  policy: { speedKmh?: number; roadFactor?: number }
}
type CalendarRecord = Omit<Calendar, 'base'>
type TypeRecord = { id: string; code: string; description: string; shortName?: string | null }

const canvas = need<HTMLCanvasElement>('canvas')
// A canvas element always has a 2D context in a browser that runs this page.
const ctx = canvas.getContext('2d', { alpha: false }) as CanvasRenderingContext2D

async function start(): Promise<void> {
  useLanguage(navigator.language)
  const storedTheme = localStorage.getItem('theme')
  if (storedTheme) document.documentElement.dataset.theme = storedTheme
  const who = await session()
  useLanguage(who.user.language && who.user.language !== 'en' ? who.user.language : navigator.language)
  const [boards, teams, calendars, types] = await Promise.all([
    askAll<BoardInfo>('/boards?limit=200'),
    askAll<Team & { boardId: string | null }>('/teams?limit=200'),
    askAll<CalendarRecord>('/calendars?limit=200'),
    askAll<TypeRecord>('/activity-types?limit=200'),
  ])
  const wanted = new URLSearchParams(location.search).get('board') ?? localStorage.getItem('board')
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
  )
}

function openBoard(
  who: Session,
  boards: readonly BoardInfo[],
  info: BoardInfo,
  teams: readonly Team[],
  calendars: readonly CalendarRecord[],
  types: readonly TypeRecord[],
): void {
  const zone = info.timeZone
  const board = new Board()
  const mayEdit = ['manager', 'dispatcher', 'administrator'].includes(who.user.role)
  const typeNames = new Map<string, TypeName>(
    types.map((type) => {
      const full = type.description || type.code
      return [
        type.id,
        {
          full,
          short: type.shortName || (full.split(/[ ,/]/)[0] ?? full),
          code: type.code.slice(0, 2).toUpperCase(),
        },
      ]
    }),
  )
  const calendarsById = new Map<string, Calendar>(calendars.map((one) => [one.id, one]))
  const travel = { speedKmh: info.policy.speedKmh ?? 30, roadFactor: info.policy.roadFactor ?? 1.4 }

  let colours = readColours()
  let scale: Scale = { from: Date.now() - 2.2 * HOUR, pxPerHour: zooms.day, width: 800 }
  let scrollY = 0
  let rows: Row[] = []
  let sheet: Sheet = sheetOf([], 'standard')
  let rowsAt = -1
  const folded = new Set<string>(JSON.parse(localStorage.getItem(`folded ${info.id}`) ?? '[]') as string[])
  let selected: string | null = null
  let drag: Drag | null = null
  let link: { state: LinkState; heardAt: number } = { state: 'catching-up', heardAt: 0 }
  let sum: OrderSlaSum | null = null
  let found: Found | null = null
  let proposal: ProposalView | null = null
  let chosen = new Set<string>()
  const fresh = new Map<string, number>()
  let held = new Map<string, string>()
  let isDirty = true
  let settledFor = ''

  const titleOf = (bar: Bar): string =>
    (bar.typeId === null ? undefined : typeNames.get(bar.typeId)?.full) ??
    board.orders.get(bar.orderId)?.description ??
    bar.number
  const nameOf = (id: string | null): string =>
    id === null ? t('details.nobody') : (board.technicians.get(id)?.name ?? id)
  const names = { technician: nameOf, zone }
  const repaint = (): void => {
    isDirty = true
  }

  // ------------------------------------------------------------ rows and size

  const layOut = (): void => {
    if (rowsAt === board.changed) return
    rowsAt = board.changed
    rows = rowsOf(board, teams, folded)
    sheet = sheetOf(rows, 'standard')
    scrollY = clampScroll(scrollY)
    need('empty').hidden = rows.length > 0
    if (rows.length === 0) need('empty').textContent = t('sheet.noPeople')
  }
  const clampScroll = (y: number): number =>
    Math.max(0, Math.min(y, sheet.height - (canvas.clientHeight - HEAD) + 40))
  const resize = (): void => {
    const ratio = devicePixelRatio || 1
    canvas.width = Math.round(canvas.clientWidth * ratio)
    canvas.height = Math.round(canvas.clientHeight * ratio)
    scale = { ...scale, width: Math.max(50, canvas.clientWidth - NAMES) }
    repaint()
  }
  new ResizeObserver(resize).observe(canvas)

  // ------------------------------------------------------------ the frame

  const viewNow = (now: number): View => ({
    board,
    sheet,
    scale,
    scrollY,
    width: canvas.clientWidth,
    height: canvas.clientHeight,
    now,
    colours,
    zone,
    dayLabel: (at) => dayName(at, currentLanguage(), zone),
    summary: t('sheet.people', { n: board.technicians.size, t: teams.length }),
    tideLabel: [t('sheet.tide1'), t('sheet.tide2')],
    types: typeNames,
    calendars: calendarsById,
    travel,
    selected,
    focused: document.activeElement === canvas ? selected : null,
    pending: edits.pending,
    fresh,
    held,
    ghosts: ghosts(),
    drag,
    isStale: link.state === 'stale' || link.state === 'offline',
  })
  const ghosts = (): Ghost[] =>
    (proposal?.moves ?? []).flatMap((move, i) =>
      chosen.has(move.activityId)
        ? [
            {
              activityId: move.activityId,
              technicianId: move.technicianId,
              start: Date.parse(move.start),
              end: Date.parse(move.end),
              number: i + 1,
            },
          ]
        : [],
    )

  const frame = (): void => {
    requestAnimationFrame(frame)
    const now = Date.now()
    for (const [id, at] of fresh) if (now - at > 1_600) fresh.delete(id)
    if (fresh.size > 0) isDirty = true
    if (!isDirty) return
    isDirty = false
    layOut()
    const ratio = devicePixelRatio || 1
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
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
    queue.render(board, Date.now(), endOfDay())
    queue.select(selected)
    renderMirror(need('mirror'), {
      board,
      rows,
      zone,
      from: scale.from,
      to: toOf(scale),
      title: (id) => titleOf(board.bars.get(id) as Bar),
    })
    renderFigures()
    renderFoot()
  }
  const soon = (): void => {
    if (settleTimer === null)
      settleTimer = setTimeout(() => {
        settleTimer = null
        settle()
      }, 120)
  }
  let settleTimer: ReturnType<typeof setTimeout> | null = null
  const endOfDay = (): number => {
    const [hours = 0, minutes = 0] = clockTime(Date.now(), zone).split(':').map(Number)
    return Date.now() + (24 * 60 - hours * 60 - minutes) * 60_000
  }

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
  const showConflict = (bar: Bar, act: Act, outcome: Extract<Outcome, { kind: 'conflict' }>): void => {
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
    const wanted = {
      ...current,
      ...('technicianId' in act && act.technicianId !== undefined ? { technicianId: act.technicianId } : {}),
      ...('start' in act && act.start ? { start: act.start } : {}),
      ...('end' in act && act.end ? { end: act.end } : {}),
      ...('priority' in act ? { priority: act.priority } : {}),
    }
    const card = conflictCard({
      by: by?.name ?? null,
      mine: wanted,
      theirs: current,
      names,
      keepMine: () => {
        card.remove()
        // Again, but on what stands now: a choice made with the other in view.
        void perform(barOf(current), act)
      },
      keepTheirs: () => card.remove(),
    })
    need('cards').append(card)
    void bar
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
  }
  let footMessage = ''

  // ------------------------------------------------------------ details

  const select = (id: string | null): void => {
    selected = id
    sum = null
    found = null
    live.presence(info.id, { looking: id })
    queue.select(id)
    refreshDetails()
    repaint()
    if (id !== null) void readSum(id)
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
    act: (act) => void perform(bar, act),
    candidates: () => void look('candidates'),
    explain: () => void look('explanation'),
    close: () => select(null),
  })
  const refreshDetails = (): void => {
    const root = need('details')
    const bar = selected === null ? undefined : board.bars.get(selected)
    root.hidden = bar === undefined
    if (bar) renderDetails(root, detailsContext(bar))
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
    onSelect: (id) => select(id),
    onGrab: (id, event) => {
      const bar = board.bars.get(id)
      if (bar && mayEdit) gestures.grab(bar, event)
    },
  })

  // ------------------------------------------------------------ drag

  const answerOf = (verdict: Verdict): RowAnswer => {
    const { worst } = verdict
    if (verdict.mark === 'fits') return { mark: 'fits', text: t('drag.fits', { m: verdict.addedMinutes }) }
    if (!worst) return { mark: verdict.mark, text: t('drag.inactive') }
    const texts: Record<typeof worst.kind, string> = {
      overlap: worst.kind === 'overlap' ? t('drag.overlap', { m: Math.round(worst.minutes) }) : '',
      travel: worst.kind === 'travel' ? t('drag.travel', { m: worst.minutesShort }) : '',
      calendar: t('drag.calendar'),
      absence: worst.kind === 'absence' ? t('drag.absence', { reason: worst.reason }) : '',
      window: t('drag.window'),
      range: t('drag.range'),
      skill: worst.kind === 'skill' ? t('drag.skill', { skill: worst.skill, level: worst.needed }) : '',
      deadline:
        worst.kind === 'deadline' ? t('drag.deadline', { m: countdown(worst.minutesLate * 60_000) }) : '',
    }
    return { mark: verdict.mark, text: texts[worst.kind] }
  }
  const dragCard = el('div', { class: 'drag-card', hidden: true })
  document.body.append(dragCard)

  const dragMove = (bar: Bar, grabOffsetMs: number, clientX: number, clientY: number): void => {
    const box = canvas.getBoundingClientRect()
    const x = clientX - box.left
    const y = clientY - box.top
    const length =
      bar.startAt !== null && bar.endAt !== null ? bar.endAt - bar.startAt : bar.durationMinutes * 60_000
    const startAt = snap(atX(scale, x - NAMES) - grabOffsetMs)
    const isOver = x > NAMES && y > HEAD && x < box.width && y < box.height
    const under = isOver ? rowAt(sheet, y - HEAD + scrollY) : undefined
    const answers = new Map<string, RowAnswer>()
    const top = scrollY
    const bottom = scrollY + box.height
    for (const placed of sheet.rows) {
      if (placed.top > bottom || placed.top + placed.height < top || placed.row.kind !== 'technician')
        continue
      answers.set(placed.row.id, answerOf(judge(bar, placed.row, startAt, startAt + length)))
    }
    const technicianId = under?.row.kind === 'technician' ? under.row.id : null
    drag = {
      bar,
      start: startAt,
      end: startAt + length,
      technicianId,
      x,
      y,
      answers,
      promiseAt: board.nextPromise(bar)?.dueAt ?? null,
    }
    dragCard.hidden = false
    dragCard.style.left = `${clientX + 18}px`
    dragCard.style.top = `${clientY + 22}px`
    const answer = technicianId === null ? undefined : answers.get(technicianId)
    dragCard.replaceChildren(
      el('b', {}, titleOf(bar)),
      technicianId === null
        ? ''
        : `${nameOf(technicianId)} · ${clockTime(startAt, zone)} – ${clockTime(startAt + length, zone)}`,
      answer ? el('div', { class: answer.mark === 'fits' ? 'good' : '' }, answer.text) : '',
    )
    live.presence(info.id, { holding: bar.id })
    repaint()
  }
  const judge = (bar: Bar, row: Extract<Row, { kind: 'technician' }>, from: number, to: number): Verdict =>
    judgeDrop(bar, row.technician, from, to, {
      calendar:
        row.technician.calendarId === null ? null : (calendarsById.get(row.technician.calendarId) ?? null),
      bars: row.bars,
      order: board.orders.get(bar.orderId),
      zone,
      travel,
    })
  const endDrag = (): void => {
    drag = null
    dragCard.hidden = true
    live.presence(info.id, { holding: null })
    repaint()
  }

  // ------------------------------------------------------------ gestures and keys

  const hit = (x: number, y: number): Hit => {
    if (y < HEAD) return y < TIDE ? { kind: 'head', at: atX(scale, x - NAMES) } : { kind: 'ground' }
    const placed = rowAt(sheet, y - HEAD + scrollY)
    if (placed?.row.kind === 'team') return { kind: 'team', id: placed.row.id }
    if (x < NAMES) return { kind: 'ground' }
    const bar = barAt(sheet, scale, x - NAMES, y - HEAD + scrollY)
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
      renderZoom()
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
      if (at.answers.get(at.technicianId)?.mark === 'cannot') {
        message(t('error.refused', { why: at.answers.get(at.technicianId)?.text ?? '' }))
        return
      }
      const now = board.bars.get(bar.id) ?? bar
      void perform(now, {
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
      const bar = selected === null ? undefined : board.bars.get(selected)
      const people = sheet.rows.flatMap(({ row }) => (row.kind === 'technician' ? [row] : []))
      const at = people.findIndex((row) => row.id === bar?.technicianId)
      if (!bar || at === -1) {
        choose(people.flatMap((row) => row.bars)[0])
        return
      }
      const row = people[at]
      const i = row?.bars.findIndex((one) => one.id === bar.id) ?? -1
      if (direction === 'left') choose(row?.bars[i - 1])
      else if (direction === 'right') choose(row?.bars[i + 1])
      else {
        const step = direction === 'down' ? 1 : -1
        for (let k = at + step; k >= 0 && k < people.length; k += step) {
          const bars = people[k]?.bars ?? []
          if (bars.length === 0) continue
          choose(
            [...bars].sort(
              (a, b) =>
                Math.abs((a.startAt ?? 0) - (bar.startAt ?? 0)) -
                Math.abs((b.startAt ?? 0) - (bar.startAt ?? 0)),
            )[0],
          )
          return
        }
      }
    },
    dispatch() {
      const bar = selected === null ? undefined : board.bars.get(selected)
      if (bar?.state === 'undispatched') void perform(bar, { type: 'dispatch' })
    },
    why: () => void look('explanation'),
    who: () => void look('candidates'),
    nextAtRisk() {
      const now = Date.now()
      const risky = [...board.bars.values()]
        .flatMap((bar) => {
          const promise = board.nextPromise(bar)
          return promise && standingOf(bar, promise, now) !== 'kept' ? [{ bar, dueAt: promise.dueAt }] : []
        })
        .sort((a, b) => a.dueAt - b.dueAt)
      const i = risky.findIndex((one) => one.bar.id === selected)
      choose(risky[(i + 1) % Math.max(1, risky.length)]?.bar)
    },
    now: () => goTo(Date.now()),
    zoom(factor) {
      scale = zoomAt(scale, scale.width / 2, factor)
      renderZoom()
      repaint()
    },
    find: () => find.focus(),
    undo: () => void undo(),
    escape() {
      gestures.cancel()
      find.blur()
      select(null)
    },
    help: () => message(t('keys.list')),
  })

  // ------------------------------------------------------------ top and foot

  const figures = el('span', { style: 'display:contents' })
  const peopleRoot = el('span', { class: 'people' })
  const stateRoot = el(
    'span',
    { class: 'live-state', id: 'live-state', role: 'status' },
    el('i', { class: 'dot' }),
    el('b'),
    el('span', { class: 'age' }),
  )
  const zoomRoot = el('span', { class: 'segments', role: 'group' })
  const find = el('input', { type: 'search', placeholder: t('top.find'), 'aria-label': t('top.find') })
  find.addEventListener('input', () => {
    const text = find.value.trim().toLowerCase()
    if (text.length < 2) return
    choose(
      [...board.bars.values()].find((bar) => {
        const order = board.orders.get(bar.orderId)
        return [
          titleOf(bar),
          order?.number,
          order?.placeName,
          order?.description,
          order?.customerName,
          nameOf(bar.technicianId),
        ].some((part) => part?.toLowerCase().includes(text))
      }),
    )
  })
  const boardChoice = el(
    'select',
    { 'aria-label': 'Board' },
    ...boards.map((one) =>
      el('option', { value: one.id, ...(one.id === info.id ? { selected: true } : {}) }, one.name),
    ),
  )
  boardChoice.addEventListener('change', () => {
    localStorage.setItem('board', boardChoice.value)
    location.search = `?board=${encodeURIComponent(boardChoice.value)}`
  })
  const planButton = button(t('top.plan'), () => void plan())
  const dayRoot = el('span', { class: 'day' })
  need('top').replaceChildren(
    button('☰', () => need('queue').classList.toggle('open'), 'quiet queue-toggle'),
    el('span', { class: 'brand' }, logo(), 'Callboard'),
    el('b', { class: 'optional' }, who.company.name),
    boardChoice,
    dayRoot,
    zoomRoot,
    el('span', { class: 'find' }, find),
    el('span', { class: 'gap' }),
    figures,
    mayEdit ? planButton : '',
    peopleRoot,
    button('◐', toggleTheme, 'quiet'),
    button(t('top.signOut'), () => void signOut(), 'quiet optional'),
    stateRoot,
  )
  function toggleTheme(): void {
    const isDark =
      document.documentElement.dataset.theme === 'dark' ||
      (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches)
    document.documentElement.dataset.theme = isDark ? 'light' : 'dark'
    localStorage.setItem('theme', isDark ? 'light' : 'dark')
    colours = readColours()
    repaint()
  }
  const renderZoom = (): void => {
    zoomRoot.replaceChildren(
      ...(Object.keys(zooms) as ZoomName[]).map((name) => {
        const one = button(t(`zoom.${name}`), () => {
          const middle = scale.width * 0.3
          scale = zoomAt(scale, middle, zooms[name] / scale.pxPerHour)
          renderZoom()
          repaint()
          soon()
        })
        one.setAttribute('aria-pressed', String(Math.abs(zooms[name] - scale.pxPerHour) < 0.5))
        return one
      }),
    )
  }
  renderZoom()

  const renderFigures = (): void => {
    const now = Date.now()
    let broken = 0
    let risk = 0
    let place = 0
    for (const bar of board.bars.values()) {
      if (isUnassigned(bar)) place++
      const standing = standingOf(bar, board.nextPromise(bar), now)
      if (standing === 'broken') broken++
      else if (standing === 'risk' || standing === 'late') risk++
    }
    const figure = (n: number, key: TextKey, plum: boolean): HTMLElement =>
      el('span', { class: `figure${plum && n > 0 ? ' plum' : ''}` }, el('b', {}, n), t(key))
    figures.replaceChildren(
      figure(broken, 'top.broken', true),
      figure(risk, 'top.risk', true),
      figure(place, 'top.place', false),
    )
    dayRoot.textContent = dayName(
      scale.from + (scale.width / scale.pxPerHour) * HOUR * 0.3,
      currentLanguage(),
      zone,
    )
  }
  const renderFoot = (): void => {
    const now = [...board.bars.values()]
    const pending = edits.pending.size
    need('foot').replaceChildren(
      el('span', {}, pending === 0 ? `✓ ${t('foot.saved')}` : t('foot.pending', { n: pending })),
      el(
        'span',
        {},
        t('foot.counts', {
          a: now.filter(isUnassigned).length,
          b: now.filter((b) => isUndispatched(b) || b.state === 'dispatched').length,
          c: now.filter((b) => b.fieldStatus === 'onSite').length,
        }),
      ),
      el('span', { class: 'gap' }),
      el('span', {}, footMessage),
      edits.canUndo ? button(`${t('foot.undo')} ⌘Z`, () => void undo()) : '',
      el('span', {}, t('foot.keys')),
    )
  }
  const renderState = (): void => {
    const age = link.heardAt === 0 ? 0 : (Date.now() - link.heardAt) / 1000
    stateRoot.dataset.state = link.state
    const [, word, ageRoot] = stateRoot.children
    if (word) word.textContent = t(`state.${link.state}`)
    if (ageRoot)
      ageRoot.textContent =
        link.heardAt === 0 ? '' : t('state.age', { s: age < 10 ? age.toFixed(1) : Math.round(age) })
    const band = need('band')
    band.hidden = link.state !== 'stale' && link.state !== 'offline'
    if (!band.hidden) band.textContent = t('state.band', { s: Math.round(age) })
  }

  // ------------------------------------------------------------ planning

  const plan = async (): Promise<void> => {
    planButton.disabled = true
    planButton.textContent = t('proposal.working')
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
      planButton.disabled = false
      planButton.textContent = t('top.plan')
    }
  }
  const readProposals = async (): Promise<void> => {
    const { value } = await ask<{ items: ProposalView[] }>(
      'GET',
      `/proposals?boardId=${info.id}&status=open`,
      { tries: 2 },
    )
    const first = value.items[0] ?? null
    if (first?.id === proposal?.id) return
    proposal = first && first.moves.length > 0 ? first : null
    chosen = new Set(proposal?.moves.map((move) => move.activityId))
    renderProposal()
  }
  const renderProposal = (): void => {
    for (const old of document.querySelectorAll('[data-card=proposal]')) old.remove()
    repaint()
    const open = proposal
    if (!open || !mayEdit) return
    need('cards').append(
      proposalCard({
        proposal: open,
        chosen,
        names,
        label: (id) => {
          const bar = board.bars.get(id)
          return bar ? titleOf(bar) : id
        },
        toggle: (id) => {
          if (chosen.has(id)) chosen.delete(id)
          else chosen.add(id)
          renderProposal()
        },
        accept: () => void decideProposal(open, 'apply'),
        leave: () => void decideProposal(open, 'discard'),
      }),
    )
  }
  const decideProposal = async (open: ProposalView, what: 'apply' | 'discard'): Promise<void> => {
    proposal = null
    renderProposal()
    try {
      const body = what === 'apply' && chosen.size < open.moves.length ? { activityIds: [...chosen] } : {}
      const { value } = await ask<{ applied?: number; dropped?: unknown[] }>(
        'POST',
        `/proposals/${open.id}/${what}`,
        { body },
      )
      if (what === 'apply')
        say(t('proposal.applied', { n: value.applied ?? 0, d: value.dropped?.length ?? 0 }))
    } catch (error) {
      message(t('error.refused', { why: error instanceof Error ? error.message : String(error) }))
    }
  }

  // ------------------------------------------------------------ the link

  const onNotice = (notice: NoticeFrame): void => {
    if (notice.board !== info.id) return
    if (notice.kind === 'proposal') void readProposals()
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
  const listener = {
    snapshot(state: Pick<BoardSnapshot, 'activities' | 'technicians' | 'orders'>) {
      board.replace(state)
      repaint()
      soon()
      refreshDetails()
    },
    events(items: Parameters<Board['fold']>[0], at: { epoch: string; seq: number }) {
      const touched = board.fold(items)
      const isStorm = touched.length > 40
      for (const item of items) {
        if (!isStorm && item.activity && item.actor.id !== who.user.id)
          fresh.set(item.activity.id, Date.now())
        if (
          item.activity?.id === selected ||
          (item.order && board.bars.get(selected ?? '')?.orderId === item.order.id)
        ) {
          refreshDetails()
          if (selected !== null && item.order) void readSum(selected)
        }
      }
      edits.reached(at)
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
      peopleRoot.replaceChildren(
        ...frame_.people
          .slice(0, 6)
          .map((p) =>
            el('span', { class: p.userId === who.user.id ? 'me' : '', title: p.name }, initials(p.name)),
          ),
      )
      repaint()
    },
  }
  const open = async (): Promise<void> => {
    try {
      const { value } = await ask<BoardSnapshot>('GET', `/boards/${info.id}?includeClosed=true`)
      board.replace(value)
      live.follow(info.id, { epoch: value.epoch, seq: value.seq }, listener)
      await readProposals()
    } catch (error) {
      const root = need('empty')
      root.hidden = false
      root.replaceChildren(
        t('error.board', { why: error instanceof Error ? error.message : String(error) }),
        ' ',
        button(t('error.again'), () => void open()),
      )
    }
    repaint()
    soon()
  }
  void open()
  resize()
  renderState()
  renderFoot()
  requestAnimationFrame(frame)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours = readColours()
    repaint()
  })
  void document.fonts.ready.then(() => {
    forgetWidths()
    repaint()
  })
}

/** A warning of the server in the words of the drag answers. */
function warningText(warning: Warning): string {
  const facts = warning.facts ?? {}
  const number = (name: string): number => Math.round(Number(facts[name] ?? 0))
  switch (warning.kind) {
    case 'overlap':
      return t('drag.overlap', { m: number('minutes') })
    case 'travel':
      return t('drag.travel', { m: number('minutesShort') })
    case 'skill':
      return t('drag.skill', { skill: String(facts.skill ?? ''), level: number('needed') })
    case 'deadline':
      return t('drag.deadline', { m: countdown(number('minutesLate') * 60_000) })
    case 'absence':
      return t('drag.absence', { reason: String(facts.reason ?? '') })
    case 'calendar':
      return t('drag.calendar')
    case 'window':
      return t('drag.window')
    case 'range':
      return t('drag.range')
    default:
      return warning.kind
  }
}

const initials = (name: string): string =>
  name
    .split(' ')
    .map((part) => part[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase()

void start()
