/**
 * The manager's SLA wall: five numbers, the horizon of all open promises, what breaks next, shares by team and group.
 *
 * Counted here from the same live boards the dispatchers see, once a second, so wall and board can never disagree; only
 * the share of promises already decided comes from the server's report.
 */
import '../shell/theme.css'
import './wall.css'
import { LIKELY } from '../model/danger.ts'
import { el, need } from '../shell/dom.ts'
import { logo } from '../shell/logo.ts'
import { useChosenLanguage, useTheme } from '../shell/preferences.ts'
import { currentLanguage, t } from '../shell/text.ts'
import { clockTime, countdown, dayName } from '../shell/time.ts'
import { type Session, session } from '../sync/api.ts'
import { paintHorizon } from './paint-horizon.ts'
import { openSource, type Source } from './source.ts'
import {
  figuresOf,
  isAtRisk,
  type Kept,
  keptOf,
  nextToBreak,
  type Open,
  openPromises,
  sharesBy,
} from './tally.ts'
import { figuresView, legendView, linesOf, nextView, sharesView, titleOf } from './views.ts'

const HORIZON_HOURS = 8
const NARROW_PX = 820
/** Rows of the two lists together on a phone; and, on a wall, a row's height and what stands below and between. */
const ROWS_NARROW = 16
const ROW_HEIGHT = 49
const ROWS_REST = 95

async function start(): Promise<void> {
  useChosenLanguage()
  const who = await session()
  useChosenLanguage(who.user.language)
  // A wall is read from across a room: night, until somebody standing before it chooses otherwise.
  useTheme(localStorage.getItem('wall theme') === 'light' ? 'light' : 'dark')
  openWall(who)
}

function openWall(who: Session): void {
  const zone = who.company.timeZone
  let isStale = true
  let drawnAt = 0
  const source = openSource(zone, () => {
    isStale = true
  })
  document.title = `${t('wall.title')} · Callboard`
  need('page').replaceChildren(...skeleton(who))

  const draw = (): void => {
    const now = Date.now()
    drawHead(source, now, zone)
    isStale = false
    drawnAt = now
    const opens = openPromises(source.boards.values(), now)
    drawNumbers(source, opens, now)
    drawHorizon(source, opens, { now, zone })
    drawNext(source, opens, { now, zone })
    drawShares(source, opens)
  }
  const look = (): void => {
    const now = Date.now()
    // Facts show at once, but not more often than five times a second; time alone moves things once a second.
    if (now - drawnAt >= 1_000 || (isStale && now - drawnAt >= 200)) draw()
  }
  setInterval(look, 100)
  window.addEventListener('resize', draw)
  void document.fonts.ready.then(draw)
  draw()
}

function skeleton(who: Session): HTMLElement[] {
  return [
    el(
      'header',
      {},
      el(
        'a',
        { class: 'home', href: '/board', title: t('wall.board') },
        logo(),
        el('h1', {}, who.company.name),
      ),
      el('span', { class: 'day', id: 'day' }),
      el('span', { class: 'gap' }),
      el('button', { type: 'button', class: 'quiet theme', on: { click: switchTheme } }, t('wall.theme')),
      el(
        'p',
        { class: 'live-state', id: 'live-state' },
        el('i', { class: 'dot', 'aria-hidden': 'true' }),
        el('span', { id: 'state' }),
        el('span', { class: 'age', id: 'age' }),
      ),
      el('time', { id: 'clock' }),
    ),
    el('p', { class: 'band', id: 'band', role: 'status', hidden: true }),
    el('section', { class: 'figures', id: 'figures', 'aria-label': t('wall.numbers') }),
    el(
      'main',
      {},
      el(
        'div',
        { class: 'left' },
        el('h2', { class: 'long' }, t('wall.horizon')),
        el('h2', { class: 'short' }, t('wall.horizon.short')),
        el('canvas', { id: 'horizon', role: 'img' }),
        el('h2', { class: 'next-title', id: 'next-title' }, t('wall.next')),
        el('ol', { id: 'next' }),
        el('p', { class: 'meaning' }, t('wall.meaning')),
      ),
      el(
        'div',
        { class: 'right' },
        el('div', { class: 'title' }, el('h2', {}, t('wall.byTeam')), legendView()),
        el('div', { class: 'shares', id: 'teams' }),
        el('div', { class: 'title' }, el('h2', {}, t('wall.byGroup')), el('span', {}, t('wall.by.sub'))),
        el('div', { class: 'shares', id: 'groups' }),
      ),
    ),
  ]
}

function switchTheme(): void {
  const next = document.documentElement.dataset.theme === 'light' ? 'dark' : 'light'
  localStorage.setItem('wall theme', next)
  useTheme(next)
}

function drawHead(source: Source, now: number, zone: string | undefined): void {
  const { state, heardAt } = source.link()
  const age = Math.max(0, now - heardAt)
  need('day').textContent = dayName(now, currentLanguage(), zone)
  need('clock').textContent = clockTime(now, zone, true)
  need('live-state').dataset.state = state
  need('state').textContent = t(`state.${state}`)
  need('age').textContent =
    heardAt === 0 ? '' : t('state.age', { s: (age / 1_000).toFixed(age < 10_000 ? 1 : 0) })
  const isOld = state === 'stale' || state === 'offline'
  const band = need('band')
  band.hidden = !isOld && !source.hasFailed()
  const text = source.hasFailed() ? t('wall.failed') : isOld ? t('wall.stale', { age: countdown(age) }) : ''
  if (band.textContent !== text) band.textContent = text
  document.body.classList.toggle('old', isOld)
}

function drawNumbers(source: Source, opens: readonly Open[], now: number): void {
  const rows = source.report()?.rows
  const kept = rows ? keptOf(rows, () => true) : null
  const likely = opens.filter((open) => open.standing === 'kept' && chanceOf(open, source) >= LIKELY).length
  need('figures').replaceChildren(...figuresView(figuresOf(source.boards.values(), opens, now), kept, likely))
}

type Moment = { readonly now: number; readonly zone: string | undefined }

function drawHorizon(source: Source, opens: readonly Open[], { now, zone }: Moment): void {
  const canvas = need<HTMLCanvasElement>('horizon')
  const within = opens.filter(
    (open) => open.promise.dueAt >= now && open.promise.dueAt - now < HORIZON_HOURS * 3_600_000,
  )
  canvas.setAttribute(
    'aria-label',
    t('wall.horizon.said', {
      n: within.length,
      h: HORIZON_HOURS,
      late: within.filter((open) => open.standing === 'late').length,
      risk: within.filter((open) => open.standing === 'risk').length,
    }),
  )
  paintHorizon(canvas, opens, {
    now,
    hours: HORIZON_HOURS,
    isNarrow: window.innerWidth < NARROW_PX,
    timeText: (at) => clockTime(at, zone),
    labelOf: (open) => ({ name: open.order.placeName || titleOf(open, source), note: slackNote(open) }),
    words: {
      now: t('wall.now'),
      overdue: t('wall.overdue'),
      late: t('wall.band.late'),
      risk: t('wall.band.risk'),
    },
  })
}

function slackNote({ slack }: Open): string {
  if (slack === null) return t('wall.label.unplaced')
  const minutes = Math.round(Math.abs(slack) / 60_000)
  return t(slack < 0 ? 'wall.label.late' : 'wall.label.spare', { n: minutes })
}

const chanceOf = (open: Open, source: Source): number => source.dangers().get(open.bar.id)?.chance ?? 0

function drawNext(source: Source, opens: readonly Open[], { now, zone }: Moment): void {
  const isNarrow = window.innerWidth < NARROW_PX
  // What is said of chances makes a row a line higher.
  const rows = (window.innerHeight < 1_000 ? 4 : 5) - (source.dangers().size > 0 ? 1 : 0)
  const shown = nextToBreak(opens, isNarrow ? 6 : rows, (open) => chanceOf(open, source))
  const isCalm =
    shown.length > 0 &&
    !shown.some((open) => open.standing === 'broken' || isAtRisk(open) || chanceOf(open, source) >= LIKELY)
  need('next-title').textContent = t(isCalm ? 'wall.next.calm' : isNarrow ? 'wall.next.short' : 'wall.next')
  need('next').replaceChildren(...nextView(shown, { source, zone, now }))
}

function drawShares(source: Source, opens: readonly Open[]): void {
  const rows = source.report()?.rows
  const kept = (key: 'team' | 'agreementGroup', id: string | null): Kept | null =>
    rows ? keptOf(rows, (row) => (row.group[key] ?? null) === id) : null
  const teams = linesOf(
    sharesBy(opens, (open) => open.bar.teamId),
    { nameOf: (id) => source.teams.get(id) ?? id, none: t('wall.noTeam'), keptOf: (id) => kept('team', id) },
  )
  const groups = linesOf(
    sharesBy(opens, (open) => open.order.agreementGroupId ?? null),
    {
      nameOf: (id) => source.groups.get(id) ?? id,
      none: t('wall.noGroup'),
      keptOf: (id) => kept('agreementGroup', id),
    },
  )
  const most = (lines: typeof teams): number => Math.max(1, ...lines.map((line) => line.share.open))
  const room = roomForRows()
  const forGroups = Math.min(groups.length, Math.max(Math.floor(room / 2), room - teams.length))
  need('teams').replaceChildren(...sharesView(teams, most(teams), room - forGroups))
  need('groups').replaceChildren(...sharesView(groups, most(groups), forGroups))
}

/** A wall does not scroll: as many rows as its height holds. A phone does. */
function roomForRows(): number {
  const isNarrow = window.innerWidth < NARROW_PX
  const top = need('teams').getBoundingClientRect().top + window.scrollY
  return isNarrow ? ROWS_NARROW : Math.max(4, Math.floor((window.innerHeight - top - ROWS_REST) / ROW_HEIGHT))
}

void start()
