/**
 * The technician's page: today as a thread, a new job by itself, one act at the thumb.
 *
 * The inbox tells what the desk sent; entries come at least once and are folded by version. A step is shown as sent
 * only when the desk has answered.
 */
import '../shell/theme.css'
import './phone.css'
import type { ActivityView } from '../../../server/contract/activity.ts'
import type { OrderView } from '../../../server/contract/order.ts'
import { button, el, need } from '../shell/dom.ts'
import { currentLanguage, type TextKey, t, useLanguage } from '../shell/text.ts'
import { clockTime, countdown, dayName, duration } from '../shell/time.ts'
import { ask, askAll, newKey, Refusal, type Session, session, signOut } from '../sync/api.ts'
import { Link, type LinkState } from '../sync/live.ts'
import { isUnanswered, type Job, Jobs, nextAct, nextPromise, stopsOf } from './day.ts'

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const dayOf = (at: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at)
type Tab = 'today' | 'next' | 'me'

async function start(): Promise<void> {
  useLanguage(localStorage.getItem('language') ?? navigator.language)
  const theme = localStorage.getItem('theme')
  if (theme) document.documentElement.dataset.theme = theme
  const who = await session()
  const mine = who.user.technicianId
  if (mine === null) {
    need('page').textContent = t('phone.noTechnician')
    return
  }
  const types = new Map(
    (await askAll<{ id: string; code: string; description: string }>('/activity-types?limit=200')).map(
      (type) => [type.id, type.description || type.code],
    ),
  )
  run(who, mine, types)
}

function run(who: Session, mine: string, types: ReadonlyMap<string, string>): void {
  const jobs = new Jobs()
  let tab: Tab = 'today'
  let open: string | null = null
  let sent: { id: string; text: string } | null = null
  let notice = ''
  let link: { state: LinkState; heardAt: number } = { state: 'catching-up', heardAt: 0 }

  const titleOf = ({ activity, order }: Job): string =>
    (activity.typeId === null ? undefined : types.get(activity.typeId)) ??
    order?.description ??
    activity.number
  const placeOf = ({ order }: Job): string =>
    [order?.address?.street, order?.address?.city].filter((part) => part).join(', ') ||
    (order?.customerName ?? '')
  const time = (text: string | null): string => (text === null ? '' : clockTime(Date.parse(text), zone))
  const promiseText = (job: Job): { text: string; isPlum: boolean } | null => {
    const promise = nextPromise(job)
    if (!promise || job.activity.state === 'closed') return null
    const key: TextKey =
      promise.target === 'complete'
        ? 'phone.by'
        : promise.target === 'arrive'
          ? 'phone.byArrive'
          : 'phone.byRespond'
    const isFar = promise.dueAt - Date.now() > 20 * 3_600_000
    return {
      text: t(key, {
        time: isFar ? dayName(promise.dueAt, currentLanguage(), zone) : clockTime(promise.dueAt, zone),
      }),
      isPlum: promise.dueAt - Date.now() < 30 * 60_000,
    }
  }

  // ------------------------------------------------------------ steps

  const step = async (job: Job, fieldStatus: ActivityView['fieldStatus']): Promise<void> => {
    sent = { id: job.activity.id, text: t('phone.sending') }
    render()
    try {
      const { value } = await ask<ActivityView>('POST', `/activities/${job.activity.id}/field-status`, {
        body: { fieldStatus },
        version: job.activity.version,
        key: newKey(),
      })
      jobs.put(value)
      sent = { id: job.activity.id, text: t('phone.atDesk') }
    } catch (error) {
      sent = { id: job.activity.id, text: t('phone.notSent') }
      if (error instanceof Refusal) {
        const { details } = error.problem
        notice = t('phone.superseded')
        // A stale step carries the job as it stands now; anything else is read again.
        if (details && 'current' in details) jobs.put(details.current as ActivityView)
        else await readJobs()
        sent = null
      }
    }
    render()
  }

  const readJobs = async (): Promise<void> => {
    const { value } = await ask<{ items: (ActivityView & { order?: OrderView })[] }>(
      'GET',
      '/my/activities?limit=100',
    )
    for (const { order, ...activity } of value.items) jobs.put(activity, order)
    const missing = [...jobs.byId.values()].filter((job) => job.order === null)
    await Promise.all(
      [...new Set(missing.map((job) => job.activity.orderId))].slice(0, 50).map(async (id) => {
        const order = (await ask<OrderView>('GET', `/orders/${id}`)).value
        for (const job of missing) if (job.activity.orderId === id) jobs.put(job.activity, order)
      }),
    )
    render()
  }

  // ------------------------------------------------------------ drawing

  const render = (): void => {
    renderHead()
    renderNew()
    renderTabs()
    const page = need('page')
    const job = open === null ? undefined : jobs.byId.get(open)
    if (job) page.replaceChildren(jobPage(job))
    else if (tab === 'me') page.replaceChildren(mePage())
    else page.replaceChildren(dayPage())
    renderAct(job)
  }

  const stops = () => stopsOf(jobs.byId.values(), dayOf, dayOf(Date.now()))
  const renderHead = (): void => {
    const today = stops()
    const done = today.filter(({ job }) => job.activity.state === 'closed').length
    const age = link.heardAt === 0 ? 0 : (Date.now() - link.heardAt) / 1000
    const title = tab === 'today' ? t('phone.today') : tab === 'next' ? t('phone.next') : who.user.name
    need('head').replaceChildren(
      el(
        'div',
        {},
        el('h1', {}, title),
        el(
          'small',
          {},
          t('phone.summary', {
            day: dayName(Date.now(), currentLanguage(), zone),
            done,
            left: today.length - done,
          }),
        ),
      ),
      el(
        'span',
        { class: 'live-state', id: 'live-state', 'data-state': link.state },
        el('i', { class: 'dot' }),
        el('b', {}, t(`state.${link.state}`)),
        el('span', { class: 'age' }, link.state === 'live' ? '' : t('state.age', { s: Math.round(age) })),
      ),
    )
    const band = need('band')
    band.hidden = notice === '' && link.state !== 'stale' && link.state !== 'offline'
    band.textContent = notice || t('state.band', { s: Math.round(age) })
  }

  const renderNew = (): void => {
    const fresh = [...jobs.byId.values()].filter(isUnanswered)
    need('new').replaceChildren(
      ...fresh.slice(0, 3).map((job) => {
        const after = stops().find(
          (stop) =>
            stop.job.activity.id !== job.activity.id &&
            (stop.job.activity.start ?? '') > (job.activity.start ?? ''),
        )
        const promise = promiseText(job)
        return el(
          'section',
          { class: 'fresh', 'data-activity': job.activity.id },
          el(
            'div',
            { class: 'title' },
            t('phone.new', { title: titleOf(job) }),
            promise ? el('span', {}, promise.text) : null,
          ),
          el('p', {}, placeOf(job)),
          el(
            'p',
            {},
            `${t('phone.at', { start: time(job.activity.start), end: time(job.activity.end) })} ${after ? t('phone.moves', { time: time(after.job.activity.start) }) : ''}`,
          ),
          el(
            'div',
            { class: 'acts' },
            button(t('phone.accept'), () => void step(job, 'accepted'), 'primary'),
            button(t('phone.decline'), () => void step(job, 'declined')),
          ),
        )
      }),
    )
  }

  const dayPage = (): HTMLElement => {
    const days =
      tab === 'today'
        ? [dayOf(Date.now())]
        : [
            ...new Set(
              [...jobs.byId.values()].flatMap(({ activity }) =>
                activity.start ? [dayOf(Date.parse(activity.start))] : [],
              ),
            ),
          ]
            .filter((day) => day > dayOf(Date.now()))
            .sort()
            .slice(0, 7)
    const parts = days.flatMap((day) => {
      const list = stopsOf(jobs.byId.values(), dayOf, day)
      if (list.length === 0) return []
      return [
        tab === 'next' ? el('h3', {}, dayName(Date.parse(`${day}T12:00:00`), currentLanguage(), zone)) : '',
        threadOf(list),
      ]
    })
    return parts.length === 0
      ? el('p', { class: 'nothing' }, t(tab === 'today' ? 'phone.empty' : 'phone.emptyNext'))
      : el('div', {}, ...parts)
  }

  const threadOf = (list: ReturnType<typeof stops>): HTMLElement =>
    el(
      'ol',
      { class: 'thread' },
      ...list.flatMap(({ job, way }) => {
        const { activity } = job
        const promise = promiseText(job)
        const state =
          activity.state === 'closed' ? 'closed' : activity.fieldStatus === 'onSite' ? 'on-site' : ''
        return [
          way && activity.state !== 'closed'
            ? el(
                'li',
                { class: way.spare > 0 ? 'wait' : '' },
                el('span'),
                el('span', { class: 'rail' }),
                el(
                  'span',
                  { class: 'travel' },
                  way.spare > 5
                    ? t('phone.spare', { m: way.travel, s: way.spare })
                    : t('phone.travel', { m: way.travel }),
                ),
              )
            : null,
          el(
            'li',
            { class: state, 'data-activity': activity.id },
            el('time', {}, time(activity.start)),
            el('span', { class: 'rail' }, el('i')),
            el(
              'button',
              {
                type: 'button',
                class: `stop ${activity.priority}`,
                on: {
                  click: () => {
                    open = activity.id
                    sent = null
                    render()
                  },
                },
              },
              el(
                'span',
                { class: 'title' },
                titleOf(job),
                promise
                  ? el('span', { class: promise.isPlum ? 'plum' : '' }, promise.text)
                  : activity.state === 'closed'
                    ? el('span', {}, `✓ ${t('field.done')}`)
                    : null,
              ),
              el('span', { class: 'where' }, placeOf(job)),
              activity.fieldStatus === 'onSite' || activity.fieldStatus === 'travelling'
                ? el('div', { class: 'status' }, `● ${t(`field.${activity.fieldStatus}`)}`)
                : null,
            ),
          ),
        ]
      }),
    )

  const jobPage = (job: Job): HTMLElement => {
    const { activity, order } = job
    const place = activity.place
    return el(
      'article',
      { class: 'job-page', 'data-activity': activity.id },
      button(
        `‹ ${t('phone.back')}`,
        () => {
          open = null
          render()
        },
        'quiet',
      ),
      el('h2', {}, titleOf(job)),
      el('div', { class: 'where' }, placeOf(job)),
      el('div', { class: 'where' }, order?.description ?? ''),
      el(
        'section',
        {},
        ...(order?.slas ?? [])
          .filter((sla) => sla.dueAt !== null && sla.reachedAt === null && activity.state !== 'closed')
          .map((sla) => {
            const due = Date.parse(sla.dueAt ?? '')
            return el(
              'div',
              { class: 'clock' },
              el('span', {}, t(`target.${sla.target}`)),
              el(
                'b',
                { class: due - Date.now() < 30 * 60_000 ? 'plum' : '', 'data-due': due },
                countdown(due - Date.now()),
              ),
            )
          }),
        el(
          'div',
          { class: 'clock' },
          el('span', {}, t('phone.at', { start: time(activity.start), end: time(activity.end) })),
          el('span', {}, t('phone.workFor', { time: duration(activity.durationMinutes) })),
        ),
      ),
      el(
        'section',
        {},
        el('div', {}, order?.customerName ?? ''),
        el('div', { class: 'where' }, order?.number ?? ''),
        el(
          'div',
          { class: 'where' },
          activity.requiredSkills.map((skill) => t('details.level', skill)).join(', '),
        ),
        el(
          'div',
          { class: 'links' },
          place ? el('a', { href: `geo:${place.lat},${place.lon}` }, t('phone.map')) : null,
        ),
      ),
    )
  }

  const renderAct = (job: Job | undefined): void => {
    const root = need('act')
    const act = job ? nextAct(job.activity) : null
    root.hidden = act === null
    if (!job || act === null) return
    const isBusy = sent?.id === job.activity.id && sent.text === t('phone.sending')
    const main = button(
      t(act === 'accepted' ? 'phone.accept' : `phone.${act}`),
      () => void step(job, act),
      'primary',
    )
    main.disabled = isBusy
    root.replaceChildren(main, el('small', { role: 'status' }, sent?.id === job.activity.id ? sent.text : ''))
  }

  const mePage = (): HTMLElement =>
    el(
      'div',
      { class: 'job-page' },
      el('h2', {}, who.user.name),
      el('div', { class: 'where' }, `${who.user.email}, ${who.company.name}`),
      el(
        'section',
        {},
        el('div', {}, t('phone.language')),
        el(
          'div',
          { class: 'segments' },
          ...(['en', 'fr'] as const).map((language) => {
            const one = button(language === 'en' ? 'English' : 'Français', () => {
              localStorage.setItem('language', language)
              useLanguage(language)
              render()
            })
            one.setAttribute('aria-pressed', String(currentLanguage() === language))
            return one
          }),
        ),
      ),
      el(
        'section',
        {},
        button(t('top.theme'), () => {
          const isDark = document.documentElement.dataset.theme === 'dark'
          document.documentElement.dataset.theme = isDark ? 'light' : 'dark'
          localStorage.setItem('theme', isDark ? 'light' : 'dark')
        }),
        ' ',
        button(t('top.signOut'), () => void signOut()),
      ),
    )

  const renderTabs = (): void => {
    need('tabs').replaceChildren(
      ...(['today', 'next', 'me'] as const).map((name) => {
        const one = button(t(`phone.${name}`), () => {
          tab = name
          open = null
          notice = ''
          render()
        })
        if (tab === name) one.setAttribute('aria-current', 'page')
        return one
      }),
    )
  }

  // ------------------------------------------------------------ the link

  const live = new Link({
    state(state, heardAt) {
      const isNew = state !== link.state
      link = { state, heardAt }
      if (isNew) renderHead()
    },
  })
  live.followInbox({
    position: () => jobs.position,
    items(frame) {
      const { left } = jobs.take(frame.epoch, frame.to, frame.items, mine)
      live.acknowledgeInbox(frame.to)
      if (left[0]) notice = t('phone.taken', { title: titleOf(left[0]) })
      render()
    },
  })
  setInterval(() => {
    renderHead()
    for (const clock of document.querySelectorAll<HTMLElement>('[data-due]'))
      clock.textContent = countdown(Number(clock.dataset.due) - Date.now())
  }, 1_000)
  render()
  void readJobs()
}

void start()
