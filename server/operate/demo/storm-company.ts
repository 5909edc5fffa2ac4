/**
 * The demo company `storm`: the storm city as rows, with its departments, seventy people, what it promises and what it has learned.
 *
 * The surprising rule: its shifts are laid around the present hour at every start, so that the storm rages while someone is looking.
 */
import type pg from 'pg'
import type { BoardPolicy } from '../../contract/policy.ts'
import type { OpenHours } from '../../domain/calendar/calendar.ts'
import { type DemoUser, day, office, type Put, type Row, week, writeCommon, writeUsers } from './company.ts'
import { stormDistricts, stormSlas, stormTeams, stormTrades } from './storm-city.ts'
import { stormTechnicians } from './storm-generator.ts'

export const STORM_SEED = 2011
const SHOWN_TECHNICIANS = 6

export const storm = {
  id: 'storm',
  code: 'storm',
  name: 'Storm city services',
  board: 'storm-board',
  boardName: 'Storm city',
  policy: {
    autoRepair: true,
    autoApply: true,
    churnBudget: 6,
    holdMinutes: 20,
    freezeMinutes: 5,
    horizonDays: 2,
    repairBudgetMs: 150,
    speedKmh: 32,
    roadFactor: 1.35,
  } satisfies BoardPolicy,
  /** The sign-ins that a start shows; all other technicians' follow the same form. */
  users: (): DemoUser[] => {
    const all = stormUsers()
    return all.filter(
      (user, i) => user.role !== 'technician' || i < office('', '').length + SHOWN_TECHNICIANS,
    )
  },
  async write(put: Put, passwordHash: string): Promise<void> {
    await writeCommon(put, storm)
    for (const shift of ['early', 'day', 'late']) {
      await put('calendar', {
        id: `storm-shift-${shift}`,
        code: `SHIFT-${shift.toUpperCase()}`,
        name: `Storm roster, ${shift}`,
        time_zone: 'UTC',
        week: week(day(['06:00', '18:00']), day(['06:00', '18:00'])),
      })
    }
    const teamIds = stormTeams.map((team) => `storm-${team.code.toLowerCase()}`)
    for (const team of stormTeams) {
      await put('team', {
        id: `storm-${team.code.toLowerCase()}`,
        code: team.code,
        description: team.name,
        board_id: storm.board,
      })
    }
    for (const t of stormTechnicians(STORM_SEED)) {
      await put('technician', {
        id: `storm-${t.code.toLowerCase()}`,
        code: t.code,
        name: t.name,
        team_id: `storm-${t.team.toLowerCase()}`,
        calendar_id: `storm-shift-${t.shift}`,
        skills: t.skills,
        home: t.home,
        email: stormEmail(t.code),
      })
    }
    for (const trade of stormTrades) {
      await put('activity_type', {
        id: `storm-${trade.code.toLowerCase()}`,
        code: trade.code,
        description: trade.description,
        default_minutes: trade.minutes,
        required_skills: [{ skill: trade.skill, level: 1 }],
      })
    }
    await writeLessons(put)
    await writePromises(put)
    await writeUsers(put, stormUsers(), teamIds, passwordHash)
  },
}

const stormUsers = (): DemoUser[] => [
  ...office('storm', 'storm.example'),
  ...stormTechnicians(STORM_SEED).map(
    (t): DemoUser => ({
      id: `storm-u-${t.code.toLowerCase()}`,
      email: stormEmail(t.code),
      name: t.name,
      role: 'technician',
      technicianId: `storm-${t.code.toLowerCase()}`,
    }),
  ),
]

export const stormEmail = (technicianCode: string): string => `${technicianCode.toLowerCase()}@storm.example`

export const stormAgreement = (team: string, sla: string): string =>
  `storm-a-${team.toLowerCase()}-${sla.toLowerCase()}`

export const districtId = (name: string): string => `storm-c-${name.toLowerCase().replaceAll(' ', '-')}`

export const stormType = (code: string): string => `storm-${code.toLowerCase()}`

export const stormTechnicianId = (code: string): string => `storm-${code.toLowerCase()}`

/**
 * What the city learned in seasons before. The storm itself teaches nothing, since it goes by faster than life: its log
 * counts as learned from beforehand.
 */
async function writeLessons(put: Put): Promise<void> {
  const tell = (subject: string, key: string, lesson: { count: number; mean: number; deviation: number }) =>
    put('forecast_tally', {
      subject,
      key,
      count: lesson.count,
      sum: lesson.count * lesson.mean,
      sum_squares: lesson.count * (lesson.mean ** 2 + lesson.deviation ** 2),
    })
  for (const [i, trade] of stormTrades.entries())
    await tell('work', `storm-${trade.code.toLowerCase()}`, {
      count: 120,
      mean: ((i * 37) % 20) / 100,
      deviation: 0.25 + ((i * 53) % 20) / 100,
    })
  await tell('travel', '', { count: 400, mean: 0.05, deviation: 0.3 })
  for (const priority of ['high', 'normal', 'low']) {
    const key = `${storm.board}/${priority}`
    await tell('start', key, { count: 200, mean: Math.log(75), deviation: 0.6 })
    await tell('dispatch', key, { count: 200, mean: Math.log(12), deviation: 0.7 })
  }
  await put('learned', { board_id: storm.board, seq: Number.MAX_SAFE_INTEGER })
}

async function writePromises(put: Put): Promise<void> {
  for (const sla of stormSlas) {
    await put('sla', {
      id: `storm-${sla.code.toLowerCase()}`,
      code: sla.code,
      description: sla.description,
      days: 'days' in sla ? sla.days : 0,
      hours: 'hours' in sla ? sla.hours : 0,
      respond: limit(sla.respondMinutes),
      arrive: limit(sla.arriveMinutes),
      calendar_id: sla.mode === 'days' ? 'storm-wk' : null,
      clock_mode: sla.mode,
      start_alignment: sla.mode === 'days' ? 'after-hours' : 'none',
    })
  }
  await put('customer', { id: 'storm-council', code: 'COUNCIL', name: 'City council' })
  await put('project', {
    id: 'storm-requests',
    code: 'REQUESTS',
    name: 'Residents’ requests',
    customer_id: 'storm-council',
  })
  for (const district of stormDistricts) {
    await put('customer', {
      id: districtId(district.name),
      code: district.name.toUpperCase().replaceAll(' ', '-'),
      name: `Residents of ${district.name}`,
    })
  }
  for (const team of stormTeams) {
    await put('agreement_group', {
      id: `storm-g-${team.code.toLowerCase()}`,
      code: team.code,
      description: team.name,
      weight: team.weight,
    })
  }
  const pairs = new Set(stormTrades.map((trade) => `${trade.team} ${trade.sla}`))
  for (const pair of pairs) {
    const [team = '', sla = ''] = pair.split(' ')
    const promise = stormSlas.find((one) => one.code === sla)
    await put('agreement', {
      id: stormAgreement(team, sla),
      code: `${team}-${sla}`,
      description: `${stormTeams.find((one) => one.code === team)?.name}: ${promise?.description}`,
      project_id: 'storm-requests',
      customer_id: 'storm-council',
      group_id: `storm-g-${team.toLowerCase()}`,
      start_date: '2020-01-01',
      sla_id: `storm-${sla.toLowerCase()}`,
    })
  }
}

const limit = (minutes: number | null): Row | null =>
  minutes === null ? null : { days: 0, hours: Math.floor(minutes / 60), minutes: minutes % 60 }

export async function layShifts(client: pg.Client): Promise<void> {
  const hour = new Date().getUTCHours()
  for (const [shift, [before, after]] of Object.entries(around)) {
    const hours = wrapped(hour + before, hour + after)
    await client.query(
      'UPDATE calendar SET week = $2, version = version + 1 WHERE company_id = $3 AND id = $1 AND week <> $2',
      [`storm-shift-${shift}`, JSON.stringify(week(hours, hours)), storm.id],
    )
  }
}

/** Shifts as hours before and after the present one: whenever the demo starts, the day shift is in its first half. */
const around: Readonly<Record<string, readonly [number, number]>> = {
  early: [-7, 4],
  day: [-3, 9],
  late: [-1, 13],
}

/** Open hours from one hour to another, cut in two where midnight lies between. */
function wrapped(from: number, to: number): OpenHours[] {
  const start = ((from % 24) + 24) % 24
  const end = ((((to - 1) % 24) + 24) % 24) + 1
  const text = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
  return start < end
    ? [{ from: text(start), to: text(end) }]
    : [
        { from: '00:00', to: text(end) },
        { from: text(start), to: '24:00' },
      ]
}
