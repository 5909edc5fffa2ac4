/**
 * The manager's wall: five numbers, every open promise on one horizon, what breaks next, and how teams and agreement
 * groups stand. Live: it follows every board of the company and counts what it has folded.
 */
import '../shell/theme.css'
import './wall.css'
import type { BoardSnapshot } from '../../../server/contract/board.ts'
import { Board } from '../model/board.ts'
import { readColours } from '../render/colours.ts'
import { plain, strong } from '../render/text-fit.ts'
import { el, need } from '../shell/dom.ts'
import { logo } from '../shell/logo.ts'
import { currentLanguage, t, useLanguage } from '../shell/text.ts'
import { clockTime, countdown, dayName, duration } from '../shell/time.ts'
import { ask, askAll, type Session, session } from '../sync/api.ts'
import { Link, type LinkState } from '../sync/live.ts'
import { figures, heightOf, isAtRisk, type Open, openPromises, type Share, shares } from './tally.ts'

type Named = { id: string; code?: string; name?: string; description?: string; timeZone?: string }
type Kept = { kept: number; ended: number }
const HORIZON_HOURS = 8
const NEXT_MAX = 6
const nameOf = (one: Named): string => one.name ?? (one.description || one.code || one.id)

async function start(): Promise<void> {
  useLanguage(navigator.language)
  const who = await session()
  const [boards, teams, groups, types] = await Promise.all([
    askAll<Named>('/boards?limit=200'),
    askAll<Named>('/teams?limit=200'),
    askAll<Named>('/agreement-groups?limit=200'),
    askAll<Named>('/activity-types?limit=200'),
  ])
  const byId = (list: readonly Named[]): Map<string, string> =>
    new Map(list.map((one) => [one.id, nameOf(one)]))
  run(who, boards, { teams: byId(teams), groups: byId(groups), types: byId(types) })
}

function run(
  who: Session,
  infos: readonly Named[],
  names: Record<'teams' | 'groups' | 'types', ReadonlyMap<string, string>>,
): void {
  const zone = infos[0]?.timeZone
  const boards = new Map(infos.map((info) => [info.id, new Board()]))
  const colours = readColours()
  let link: { state: LinkState; heardAt: number } = { state: 'catching-up', heardAt: 0 }
  let kept: Kept | null = null

  need('horizon-title').textContent = t('wall.horizon')
  need('next-title').textContent = t('wall.next')
  need('teams-title').textContent = t('wall.teams')
  need('groups-title').textContent = t('wall.groups')
  need('legend').textContent = t('wall.legend')

  const render = (): void => {
    const now = Date.now()
    const opens = openPromises(boards.values(), now)
    renderHead(now)
    renderFigures(opens, now)
    renderHorizon(opens, now)
    renderNext(opens, now)
    renderShares(
      need('teams'),
      shares(opens, (open) => names.teams.get(open.bar.teamId ?? '') ?? t('wall.noTeam')),
    )
    renderShares(
      need('groups'),
      shares(opens, (open) => names.groups.get(open.groupId ?? '') ?? t('wall.noGroup')),
    )
  }

  const renderHead = (now: number): void => {
    const age = link.heardAt === 0 ? 0 : (now - link.heardAt) / 1000
    need('head').replaceChildren(
      logo(),
      el('b', {}, who.company.name),
      el('span', { class: 'soft' }, dayName(now, currentLanguage(), zone)),
      el('span', { class: 'gap' }),
      el(
        'span',
        { class: 'live-state', 'data-state': link.state, role: 'status' },
        el('i', { class: 'dot' }),
        el('b', {}, t(`state.${link.state}`)),
        el('span', { class: 'age' }, t('state.age', { s: age < 10 ? age.toFixed(1) : Math.round(age) })),
      ),
      el('time', {}, clockTime(now, zone, true)),
    )
  }

  const renderFigures = (opens: readonly Open[], now: number): void => {
    const counted = figures(boards.values(), opens, now)
    const figure = (value: string | number, word: string, note: string, plum = false): HTMLElement =>
      el(
        'div',
        { class: `figure${plum ? ' plum' : ''}` },
        el('b', {}, value),
        el('span', {}, word),
        el('small', {}, note),
      )
    const share = kept && kept.ended > 0 ? ((kept.kept / kept.ended) * 100).toFixed(1) : '–'
    need('figures').replaceChildren(
      figure(
        counted.broken,
        t('wall.broken'),
        counted.broken > 0 ? t('wall.oldest', { time: duration(counted.oldestMs / 60_000) }) : '',
        counted.broken > 0,
      ),
      figure(counted.risk, t('wall.risk'), t('wall.riskNote'), counted.risk > 0),
      figure(counted.notPlaced, t('wall.place'), t('wall.dueSoon', { n: counted.dueSoon })),
      figure(counted.onCourse, t('wall.course'), t('wall.stopped', { n: counted.stopped })),
      el(
        'div',
        { class: 'figure' },
        el('b', {}, share, share === '–' ? '' : el('sup', {}, ' %')),
        el('span', {}, t('wall.kept')),
        el(
          'small',
          {},
          kept && kept.ended > 0 ? t('wall.of', { k: kept.kept, n: kept.ended }) : t('wall.none'),
        ),
      ),
    )
  }

  const titleOf = (open: Open): string =>
    names.types.get(open.bar.typeId ?? '') ?? orderOf(open)?.description ?? open.bar.number
  const orderOf = (open: Open) => boards.get(open.bar.boardId)?.orders.get(open.bar.orderId)

  const renderHorizon = (opens: readonly Open[], now: number): void => {
    const canvas = need<HTMLCanvasElement>('horizon')
    const ctx = canvas.getContext('2d')
    if (!ctx) return
    const ratio = devicePixelRatio || 1
    const width = canvas.clientWidth
    const height = canvas.clientHeight
    canvas.width = width * ratio
    canvas.height = height * ratio
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    const floor = height - 26
    const reach = HORIZON_HOURS * 3_600_000
    const xOf = (at: number): number => 14 + ((at - now) / reach) * (width - 28)
    ctx.fillStyle = colours['promise-soft']
    ctx.globalAlpha = 0.6
    ctx.fillRect(0, 8, width, (floor - 8) * 0.5)
    ctx.globalAlpha = 1
    ctx.fillStyle = colours['rule-strong']
    ctx.fillRect(0, floor, width, 1)
    ctx.font = plain(13)
    ctx.fillStyle = colours['ink-3']
    ctx.textBaseline = 'alphabetic'
    for (let hour = 0; hour <= HORIZON_HOURS; hour++) {
      const text = hour === 0 ? t('wall.now') : clockTime(now + hour * 3_600_000, zone)
      const w = ctx.measureText(text).width
      ctx.fillText(text, Math.min(width - w, Math.max(0, xOf(now + hour * 3_600_000) - w / 2)), height - 6)
    }
    let named = 0
    const taken: number[] = []
    for (const open of opens) {
      // What is broken already stands at the edge of now: it cannot get earlier.
      const x = xOf(Math.max(now, open.promise.dueAt))
      if (x > width) continue
      const y = floor - heightOf(open) * (floor - 16)
      if (open.standing === 'kept') {
        ctx.fillStyle = colours['ink-3']
        ctx.globalAlpha = 0.7
        ctx.fillRect(x - 1, y, 2.5, 7)
        ctx.globalAlpha = 1
        continue
      }
      ctx.fillStyle = colours.promise
      ctx.globalAlpha = 0.5
      ctx.fillRect(x - 0.5, y, 1, floor - y)
      ctx.globalAlpha = 1
      ctx.beginPath()
      ctx.arc(x, y, 5, 0, Math.PI * 2)
      ctx.fill()
      const label = orderOf(open)?.placeName ?? ''
      if (named >= 10 || label === '' || taken.some((other) => Math.abs(other - x) < 110)) continue
      taken.push(x)
      named++
      ctx.font = strong(13)
      const w = ctx.measureText(label).width
      ctx.fillStyle = colours.ink
      ctx.fillText(label, x + 12 + w > width ? x - 10 - w : x + 10, y + 4)
    }
  }

  const renderNext = (opens: readonly Open[], now: number): void => {
    const worst = opens.filter((open) => open.standing === 'broken' || isAtRisk(open)).slice(0, NEXT_MAX)
    need('next').replaceChildren(
      ...(worst.length === 0 ? [el('li', {}, el('span', { class: 'soft' }, t('wall.allKept')))] : []),
      ...worst.map((open) => {
        const { bar, promise, standing, slack } = open
        const technician =
          bar.technicianId === null ? undefined : boards.get(bar.boardId)?.technicians.get(bar.technicianId)
        const plan =
          technician && bar.start
            ? t('wall.plannedFor', { name: technician.name, time: clockTime(Date.parse(bar.start), zone) })
            : t('wall.nobody')
        const note =
          slack === null
            ? ''
            : slack < 0
              ? t('wall.lateBy', { time: duration(-slack / 60_000) })
              : t('wall.slack', { time: duration(slack / 60_000) })
        return el(
          'li',
          { class: standing },
          el('span', { class: 'left' }, el('b', {}, countdown(promise.dueAt - now))),
          el(
            'span',
            {},
            el('span', { class: 'what' }, titleOf(open), ' ', el('span', {}, orderOf(open)?.placeName ?? '')),
            el('small', {}, `${t(`target.${promise.target}`)} · ${plan}${note === '' ? '' : ` · ${note}`}`),
          ),
          el(
            'span',
            { class: 'verdict' },
            t(standing === 'broken' ? 'wall.isBroken' : standing === 'late' ? 'wall.isLate' : 'wall.isRisk'),
          ),
        )
      }),
    )
  }

  const renderShares = (root: HTMLElement, counted: ReadonlyMap<string, Share>): void => {
    const most = Math.max(1, ...[...counted.values()].map((share) => share.open))
    const part = (name: string, n: number): HTMLElement =>
      el('i', { class: name, style: `width:${(n / most) * 100}%` })
    root.replaceChildren(
      ...[...counted]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, share]) =>
          el(
            'div',
            { class: 'bar' },
            el('span', { class: 'name' }, name),
            el(
              'span',
              { class: 'parts', title: `${share.broken} / ${share.risk} / ${share.open}` },
              part('broken', share.broken),
              part('risk', share.risk),
              part('course', share.open - share.broken - share.risk),
            ),
            el('span', { class: 'n' }, share.open),
          ),
        ),
    )
  }

  const readKept = async (): Promise<void> => {
    const now = new Date()
    const morning = new Date(now)
    morning.setHours(0, 0, 0, 0)
    const query = new URLSearchParams({ from: morning.toISOString(), to: now.toISOString(), groupBy: 'team' })
    try {
      const { value } = await ask<{ items: { met?: number; kept?: number; broken: number }[] }>(
        'GET',
        `/reports/sla?${query}`,
        { tries: 1 },
      )
      kept = value.items.reduce<Kept>(
        (sum, row) => ({
          kept: sum.kept + (row.met ?? row.kept ?? 0),
          ended: sum.ended + (row.met ?? row.kept ?? 0) + row.broken,
        }),
        { kept: 0, ended: 0 },
      )
    } catch (error) {
      // The share is told as unknown rather than as the last one known.
      kept = null
      console.warn('the report of kept promises could not be read', error)
    }
    render()
  }

  const live = new Link({
    state(state, heardAt) {
      link = { state, heardAt }
    },
  })
  for (const [id, board] of boards)
    void ask<BoardSnapshot>('GET', `/boards/${id}`).then(({ value }) => {
      board.replace(value)
      live.follow(
        id,
        { epoch: value.epoch, seq: value.seq },
        {
          snapshot: (state) => board.replace(state),
          events: (items) => void board.fold(items),
          verify: (sum) => board.checksum() === sum,
        },
      )
      render()
    })
  setInterval(render, 1_000)
  setInterval(() => void readKept(), 30_000)
  void readKept()
  render()
  void document.fonts.ready.then(render)
}

void start()
