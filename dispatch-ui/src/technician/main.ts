/**
 * The technician's page: wires the inbox, the own board, the entries and the views.
 *
 * What is shown is what the server has told, plus the entries that are on their way and say so. A page drawn anew keeps
 * its scroll and its focus; only the countdowns are touched every second.
 */
import '../shell/theme.css'
import './technician.css'
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { OrderView } from '../../../server/contract/order.ts'
import { dayAround } from '../shell/day.ts'
import { el, need } from '../shell/dom.ts'
import { chosenTheme, useChosenLanguage, useTheme } from '../shell/preferences.ts'
import { t } from '../shell/text.ts'
import { countdown } from '../shell/time.ts'
import { ask, askAll, newKey, Refusal, type Session, session } from '../sync/api.ts'
import { Link } from '../sync/live.ts'
import { daysView, todaySub, todayView } from './day-view.ts'
import { Entries, type Entry } from './entries.ts'
import { jobFoot, jobHead, jobView } from './job-view.ts'
import { type Job, Jobs } from './jobs.ts'
import { keptView } from './kept-view.ts'
import { meView } from './me-view.ts'
import { lineBand, liveState, newJobBand, notices, tap, travelModel } from './parts.ts'
import type { Phone, Spot, Tab } from './phone.ts'
import type { Step } from './steps.ts'
import { type Place, threadOf } from './thread.ts'
import { addressOf, type Names, titleOf } from './words.ts'

const SAY_WITHIN_MS = 1_500
const RELOAD_MS = 120_000
const RESEND_MS = 10_000
/** Done jobs of the day whose orders are fetched one by one. */
const DONE_MAX = 20
/** Jobs that went and were not yet understood; more would hide the day. */
const GONE_MAX = 5
const tabs: readonly Tab[] = ['today', 'days', 'kept', 'me']

type TechnicianRecord = { home: Place | null; teamId: string | null }
type TeamRecord = { id: string; boardId: string | null }

async function start(): Promise<void> {
  useChosenLanguage()
  useTheme(chosenTheme())
  const who = await session()
  useChosenLanguage(who.user.language)
  document.title = `${t('phone.today')} · Callboard`
  const { technicianId } = who.user
  if (technicianId === null) {
    need('page').replaceChildren(notForYou(who))
    return
  }
  openPhone(who, technicianId)
}

const notForYou = (who: Session): HTMLElement =>
  el(
    'section',
    { class: 'empty' },
    el('h2', {}, t('phone.noTechnician')),
    el('p', {}, t('phone.noTechnician.sub', { name: who.user.name })),
    el('a', { class: 'link', href: '/board' }, t('phone.toBoard')),
  )

function openPhone(who: Session, me: string): void {
  const jobs = new Jobs(me)
  const names: { types: Map<string, string>; zone: string | undefined } & Names = {
    types: new Map(),
    zone: who.company.timeZone,
  }
  const phones = new Map<string, string | null>()
  let home: Place | null = null
  let loading: Phone['loading'] = 'loading'
  let link: Phone['link'] = { state: 'catching-up', heardAt: 0, lostAt: Date.now() }
  let spot: Spot = spotOf(location.hash)
  let gone: Job[] = []
  let declining: string | null = null
  let isDrawn = false
  const unsaid = new Set<string>()

  const entries = new Entries(storeOf(`entries ${who.user.id}`), post, {
    changed: redraw,
    answered: (activity) => {
      jobs.put(activity, null, Date.now())
      redraw()
    },
  })

  // ------------------------------------------------------------ what comes in

  const live = new Link({
    state(state, heardAt) {
      const was = link.state
      link = { state, heardAt, lostAt: was === 'live' && state !== 'live' ? Date.now() : link.lostAt }
      if (state === was) return
      // A list fetched on the way back closes every gap that the inbox of another device could leave.
      if (state === 'live' && was !== 'live') {
        void load()
        deliver()
      }
      redraw()
    },
  })
  const inbox = {
    position: () => jobs.position,
    items(frame: Parameters<Jobs['take']>[0]): void {
      const taken = jobs.take(frame, Date.now())
      if (taken.isGap) {
        live.followInbox(inbox)
        return
      }
      live.acknowledgeInbox(frame.to)
      tell(taken.added, taken.gone)
      redraw()
    },
  }
  live.followInbox(inbox)

  /** The first list is no news; after it, a new job is spoken and one that went is named until it is understood. */
  function tell(added: readonly Job[], lost: readonly Job[]): void {
    if (loading === 'loading') return
    for (const job of added) {
      unsaid.add(job.activity.id)
      navigator.vibrate?.(200)
      setTimeout(() => announce(job.activity.id), SAY_WITHIN_MS)
    }
    // What this phone itself declined needs no telling.
    const own = new Set(
      entries.all.filter((entry) => entry.step === 'declined').map((entry) => entry.activityId),
    )
    gone = [...gone, ...lost.filter((job) => !own.has(job.activity.id))].slice(-GONE_MAX)
  }

  /** A job's order may come a moment after the job: what is spoken waits for it, but not for long. */
  function announce(id: string): void {
    const job = jobs.get(id)
    if (!unsaid.delete(id) || !job) return
    need('spoken').textContent = t('phone.said.new', { what: titleOf(job, names), where: addressOf(job) })
  }

  /** The own part of the board: brings deadlines as they change, and the heartbeat that says the line is alive. */
  async function followBoard(): Promise<void> {
    const record = (await ask<TechnicianRecord>('GET', `/technicians/${me}`)).value
    home = record.home
    const teams = await askAll<TeamRecord>('/teams?limit=200')
    const board = teams.find((team) => team.id === record.teamId)?.boardId
    if (!board) return
    const fold = (activities: readonly ActivityView[], orders: readonly OrderView[]): void => {
      const byId = new Map(orders.map((order) => [order.id, order]))
      const puts = activities.map((one) => jobs.put(one, byId.get(one.orderId) ?? null, Date.now()))
      tell(
        puts.flatMap((put) => put.added ?? []),
        puts.flatMap((put) => put.gone ?? []),
      )
      for (const order of orders) jobs.putOrder(order)
      redraw()
    }
    live.follow(board, null, {
      snapshot: (state) => fold(state.activities, state.orders),
      events: (items) =>
        fold(
          items.flatMap((item) => item.activity ?? []),
          items.flatMap((item) => item.order ?? []),
        ),
    })
  }

  async function load(): Promise<void> {
    try {
      const { value } = await ask<{ items: ActivityView[]; orders: OrderView[] }>('GET', '/my/activities')
      jobs.load(value.items, value.orders, Date.now())
      loading = 'loaded'
      redraw()
      await loadDone()
    } catch (error) {
      if (loading === 'loading') loading = 'failed'
      redraw()
      console.warn('the list of own work could not be fetched', error)
    }
  }

  async function loadDone(): Promise<void> {
    const { from, to } = dayAround(Date.now(), names.zone)
    const query = new URLSearchParams({
      mine: 'true',
      state: 'closed',
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      limit: String(DONE_MAX),
    })
    const { value } = await ask<{ items: ActivityView[] }>('GET', `/activities?${query}`)
    const unknown = value.items.filter((activity) => !jobs.get(activity.id)?.order)
    const orders = await Promise.all(
      unknown.map((activity) =>
        ask<OrderView>('GET', `/orders/${activity.orderId}`).then(
          (answer) => answer.value,
          (error: unknown) => {
            // The day's look back does without one order rather than without all of them.
            if (error instanceof Refusal) return null
            throw error
          },
        ),
      ),
    )
    unknown.forEach((activity, i) => {
      jobs.put(activity, orders[i] ?? null, Date.now())
    })
    redraw()
  }

  async function loadPhone(job: Job): Promise<void> {
    const id = job.order?.customerId
    if (!id || phones.has(id)) return
    phones.set(id, null)
    const { value } = await ask<{ phone: string | null }>('GET', `/customers/${id}`)
    phones.set(id, value.phone)
    if (value.phone) redraw()
  }

  // ------------------------------------------------------------ what goes out

  async function post(entry: Entry): Promise<ActivityView> {
    const answer = await ask<ActivityView & { warnings?: unknown }>(
      'POST',
      `/activities/${entry.activityId}/field-status`,
      { body: { fieldStatus: entry.step }, version: entry.version, key: entry.key, tries: 3 },
    )
    const { warnings: _warnings, ...activity } = answer.value
    return activity
  }

  /** Without a line nothing is tried, so that what is kept here never says it is being sent. */
  function deliver(): void {
    if (navigator.onLine) void entries.send()
  }

  function step(job: Job, to: Step): void {
    declining = null
    const { activity } = job
    entries.add({
      key: newKey(),
      activityId: activity.id,
      title: titleOf(job, names),
      step: to,
      at: Date.now(),
      version: activity.version,
      shown: {
        technicianId: activity.technicianId,
        state: activity.state,
        start: activity.start,
        end: activity.end,
        priority: activity.priority,
        fieldStatus: activity.fieldStatus,
      },
    })
    deliver()
    if (to === 'done' || to === 'declined') go({ tab: 'today' })
  }

  // ------------------------------------------------------------ drawing

  function go(next: Spot): void {
    location.hash = next.tab === 'job' ? `job/${next.id}` : next.tab === 'today' ? '' : next.tab
  }

  function phoneNow(): Phone {
    const now = Date.now()
    return {
      now,
      names,
      jobs,
      entries,
      link,
      home,
      loading,
      gone,
      declining,
      phoneOf: (job) => phones.get(job.order?.customerId ?? '') ?? null,
      thread: (days) =>
        threadOf(jobs.all(), { day: dayAround(now, names.zone, days), now, home, travel: travelModel }),
      act: {
        go,
        step,
        reload: () => void load(),
        readGone: () => {
          gone = []
          redraw()
        },
        readBack: (key) => entries.markRead(key),
        askDecline: (id) => {
          declining = id
          redraw()
        },
      },
    }
  }

  /** Many facts may arrive at once; the page is drawn once for all of them. */
  function redraw(): void {
    if (isDrawn) return
    isDrawn = true
    requestAnimationFrame(() => {
      isDrawn = false
      draw()
    })
  }

  function draw(): void {
    for (const id of unsaid) if (jobs.get(id)?.order) announce(id)
    const phone = phoneNow()
    const page = need('page')
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined
    const scroll = document.getElementById('scroll')?.scrollTop ?? 0
    page.className = link.state === 'stale' || link.state === 'offline' ? 'phone old' : 'phone'
    page.replaceChildren(...(spot.tab === 'job' ? jobPage(phone, spot.id) : tabPage(phone, spot.tab)))
    const scroller = document.getElementById('scroll')
    if (scroller) scroller.scrollTop = scroll
    if (focused !== undefined)
      [...page.querySelectorAll<HTMLElement>('[data-key]')]
        .find((one) => one.dataset.key === focused)
        ?.focus()
  }

  function jobPage(phone: Phone, id: string): HTMLElement[] {
    const job = jobs.get(id)
    if (job) void loadPhone(job)
    return [
      jobHead(phone, id),
      ...present(lineBand(phone)),
      el('main', { id: 'scroll', class: 'job', 'data-activity': id }, ...jobView(phone, id)),
      ...present(jobFoot(phone, id)),
    ]
  }

  function tabPage(phone: Phone, tab: Tab): HTMLElement[] {
    const head = el(
      'header',
      { class: 'head' },
      el('h1', {}, t(`phone.${tab}`)),
      liveState(phone),
      tab === 'today' && el('p', { class: 'sub' }, todaySub(phone)),
    )
    const body = {
      today: () => [...notices(phone), ...present(newJobBand(phone)), ...todayView(phone)],
      days: () => daysView(phone),
      kept: () => [...notices(phone), ...keptView(phone)],
      me: () => meView(phone, who, redraw),
    }[tab]
    return [
      head,
      ...present(lineBand(phone)),
      el('main', { id: 'scroll', class: tab }, ...body()),
      tabBar(phone, tab),
    ]
  }

  function tabBar(phone: Phone, current: Tab): HTMLElement {
    const waiting = phone.entries.waiting.length + phone.entries.unread.length
    return el(
      'nav',
      { class: 'tabs', 'aria-label': t('phone.tabs') },
      ...tabs.map((tab) => {
        const text = tab === 'kept' && waiting > 0 ? `${t('phone.kept')} ${waiting}` : t(`phone.${tab}`)
        const made = tap(text, () => go({ tab }), { key: `tab ${tab}` })
        if (tab === current) made.setAttribute('aria-current', 'page')
        return made
      }),
    )
  }

  /** Countdowns and ages are arithmetic: they run on without drawing the page anew. */
  function tick(): void {
    const now = Date.now()
    for (const clock of document.querySelectorAll<HTMLElement>('[data-due]'))
      clock.textContent = countdown(Number(clock.dataset.due) - now)
    const age = document.querySelector('#live-state .age')
    if (age && link.heardAt > 0)
      age.textContent = t('state.age', { s: Math.max(0, Math.round((now - link.heardAt) / 1_000)) })
  }

  window.addEventListener('hashchange', () => {
    spot = spotOf(location.hash)
    declining = null
    const scroller = document.getElementById('scroll')
    if (scroller) scroller.scrollTop = 0
    redraw()
  })
  window.addEventListener('online', deliver)
  setInterval(tick, 1_000)
  // Minutes on site, travel and what presses change by themselves.
  setInterval(redraw, 15_000)
  setInterval(deliver, RESEND_MS)
  setInterval(() => void load(), RELOAD_MS)
  redraw()
  void load()
  deliver()
  void askAll<{ id: string; code: string; description: string }>('/activity-types?limit=200').then(
    (types) => {
      for (const type of types) names.types.set(type.id, type.description || type.code)
      redraw()
    },
  )
  void followBoard()
}

const present = <T>(value: T | null): T[] => (value === null ? [] : [value])

function spotOf(hash: string): Spot {
  const text = hash.replace(/^#/, '')
  if (text.startsWith('job/')) return { tab: 'job', id: text.slice(4) }
  return { tab: tabs.find((tab) => tab === text) ?? 'today' }
}

function storeOf(key: string) {
  return {
    read: (): Entry[] => {
      const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
      // Written only below, by this page; another shape would be another program's.
      return Array.isArray(stored) ? (stored as Entry[]) : []
    },
    write: (entries: readonly Entry[]): void => localStorage.setItem(key, JSON.stringify(entries)),
  }
}

void start()
