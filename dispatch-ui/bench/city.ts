/** A seeded city of technicians with full days: the same seed makes the same board. */
import type { ActivityView } from '../../server/contract/activity.ts'
import type { TechnicianView } from '../../server/contract/board.ts'
import type { OrderView } from '../../server/contract/order.ts'
import type { Calendar } from '../../server/domain/calendar/calendar.ts'
import type { Team } from '../src/model/rows.ts'

const HOUR = 3_600_000
const PER_TEAM = 12

export type City = {
  readonly activities: ActivityView[]
  readonly technicians: TechnicianView[]
  readonly orders: OrderView[]
  readonly teams: Team[]
  readonly calendars: Calendar[]
}

/** A small generator of its own, so that a board can be told by its seed. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const trades = [
  'Tree emergency',
  'Signal repair',
  'Pothole',
  'Street light',
  'Missed collection',
  'Inspection',
]
const places = ['Roslindale', 'Hyde Park', 'Mattapan', 'Fenway', 'Allston', 'Back Bay', 'South End']
const day = [
  { from: '06:00', to: '12:00' },
  { from: '12:30', to: '20:00' },
]

export function cityOf(options: { seed: number; rows: number; bars: number; now: number }): City {
  const { seed, rows, bars, now } = options
  const roll = dice(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(roll() * all.length)] as T
  const place = () => ({ lat: 42.3 + roll() * 0.1, lon: -71.12 + roll() * 0.1 })
  const iso = (at: number): string => new Date(at).toISOString()
  const technicians: TechnicianView[] = []
  const activities: ActivityView[] = []
  const orders: OrderView[] = []
  const teams: Team[] = []
  const perRow = Math.ceil(bars / rows)
  for (let r = 0; r < rows; r++) {
    const team = `team-${Math.floor(r / PER_TEAM)}`
    if (r % PER_TEAM === 0) teams.push({ id: team, code: team, description: `Team ${teams.length + 1}` })
    technicians.push({
      id: `t${r}`,
      version: 1,
      name: `Technician ${r + 1}`,
      kind: 'employee',
      active: true,
      teamId: team,
      boardId: 'bench',
      calendarId: 'day',
      skills: [{ skill: pick(trades), level: 1 + Math.floor(roll() * 3) }],
      home: place(),
      absences: [],
    })
    let at = now - 4 * HOUR - roll() * HOUR
    for (let k = 0; k < perRow && activities.length < bars; k++) {
      const n = activities.length
      const minutes = 20 + Math.floor(roll() * 60)
      const start = at
      const end = start + minutes * 60_000
      at = end + (5 + roll() * 40) * 60_000
      const isPast = end < now
      const isNow = start < now && end >= now
      const priority = pick(['high', 'normal', 'normal', 'low'] as const)
      activities.push({
        id: `a${n}`,
        version: 1,
        number: `A-${n}`,
        boardId: 'bench',
        orderId: `o${n}`,
        orderLineId: null,
        typeId: pick(trades),
        teamId: team,
        technicianId: `t${r}`,
        start: iso(start),
        end: iso(end),
        durationMinutes: minutes,
        state: isPast ? 'closed' : isNow || roll() < 0.5 ? 'dispatched' : 'undispatched',
        fieldStatus: isPast ? 'done' : isNow ? 'onSite' : 'none',
        priority,
        locked: roll() < 0.05,
        requiredSkills: [],
        earliestStart: null,
        latestEnd: null,
        windows: [],
        preferredTechnicianId: null,
        place: place(),
        blocking: true,
        humanTouchedAt: null,
        createdAt: iso(now - HOUR),
        closedAt: isPast ? iso(end) : null,
        closedBy: null,
        closedCause: isPast ? 'finished' : null,
      })
      orders.push(orderOf(n, priority, iso(end + (roll() * 6 - 1) * HOUR), pick(places), iso(now - HOUR)))
    }
  }
  const week = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }
  const calendars: Calendar[] = [
    { id: 'day', timeZone: 'America/New_York', week, exceptions: [], standardWorkDayHours: 8 },
  ]
  return { activities, technicians, orders, teams, calendars }
}

function orderOf(
  n: number,
  priority: OrderView['priority'],
  dueAt: string,
  city: string,
  createdAt: string,
): OrderView {
  return {
    id: `o${n}`,
    version: 1,
    number: `SO-${n}`,
    externalId: null,
    description: 'Bench',
    customerId: null,
    customerName: null,
    projectId: null,
    agreementId: null,
    agreementGroupId: null,
    serviceDateTime: createdAt,
    stageId: 's',
    progress: 'inProcess',
    priority,
    address: { city },
    preferredTechnicianId: null,
    signedOff: false,
    signedOffAt: null,
    origin: 'system',
    createdAt,
    slaStatus: 'started',
    slas: [
      {
        target: 'complete',
        slaId: 'sla',
        status: 'started',
        startedAt: createdAt,
        dueAt,
        reachedAt: null,
        limitMinutes: 240,
        recordedMinutes: 0,
        compliance: 0,
      },
    ],
    lines: [],
  }
}

export const tradeNames = new Map(
  trades.map((full) => [
    full,
    { full, short: full.split(' ')[0] ?? full, code: full.slice(0, 2).toUpperCase() },
  ]),
)
