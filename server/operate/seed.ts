/**
 * Demo companies, written once by the owner of the database.
 *
 * `none` is a company ready for work: people, calendars, stages, one board with a team of ten, no orders. `storm` is
 * the storm city with its departments; its orders come in over HTTP once it runs. Each is a company of its own, so both
 * can live in one database. A second start changes nothing, except that the storm's shifts are laid around the present
 * hour again: the storm has to rage while someone is looking.
 */
import pg from 'pg'
import { hashPassword } from '../application/sign-in.ts'
import type { BoardPolicy } from '../contract/policy.ts'
import type { OpenHours } from '../domain/calendar/calendar.ts'
import { trades } from '../domain/import/trade.ts'
import type { SeedResult } from './running-system.ts'
import { stormDistricts, stormSlas, stormTeams, stormTechnicians, stormTrades } from './storm-generator.ts'

/** For demo companies only: it is printed at every start. */
export const DEMO_PASSWORD = 'callboard-demo'
export const STORM_SEED = 2011

type Row = Record<string, unknown>
type Role = 'manager' | 'dispatcher' | 'technician' | 'customer-service' | 'administrator'
type Put = (table: string, row: Row) => Promise<void>

const LOCK = 7_402_115

export async function seed(ownerUrl: string, options: { demo: 'storm' | 'none' }): Promise<SeedResult> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  const company = options.demo === 'storm' ? storm : city
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const { rowCount } = await client.query('SELECT 1 FROM company WHERE id = $1', [company.id])
    if (rowCount === 0) {
      await company.write(putter(client, company.id), await hashPassword(DEMO_PASSWORD))
    }
    if (options.demo === 'storm') await layShifts(client)
    await client.query('COMMIT')
  } finally {
    // Ending the connection releases the lock and rolls back what failed.
    await client.end()
  }
  return {
    company: company.code,
    users: company.users().map(({ email, role }) => ({ email, password: DEMO_PASSWORD, role })),
    boards: [{ id: company.board, name: company.boardName }],
  }
}

/** Inserts a row under the company; objects and lists are stored as documents. */
const putter =
  (client: pg.Client, company: string): Put =>
  async (table, row) => {
    const full: Row = table === 'company' ? row : { company_id: company, ...row }
    const names = Object.keys(full)
    await client.query(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      Object.values(full).map((value) =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      ),
    )
  }

type DemoUser = { id: string; email: string; name: string; role: Role; technicianId?: string }

// ---------------------------------------------------------------- what both have

const day = (...hours: [string, string][]): OpenHours[] => hours.map(([from, to]) => ({ from, to }))
const week = (workday: OpenHours[], weekend: OpenHours[]): Row => ({
  mon: workday,
  tue: workday,
  wed: workday,
  thu: workday,
  fri: workday,
  sat: weekend,
  sun: weekend,
})

const stages: readonly (readonly [string, string, string | null, Row])[] = [
  ['PLAN', 'Planning', null, { can_modify: true, can_delete: true, can_cancel: true }],
  ['RELEASED', 'Released', 'PLAN', { can_modify: true, can_cancel: true }],
  ['CANCELLED', 'Cancelled', 'PLAN', { can_cancel: true, requires_reason: true, stops_time_recording: true }],
  ['INPROC', 'In process', 'RELEASED', { can_modify: true }],
  ['ONHOLD', 'On hold', 'INPROC', { can_modify: true, requires_reason: true, stops_time_recording: true }],
  ['DONE', 'Done', 'INPROC', { can_post: true, stops_time_recording: true }],
]

const reasons = [
  ['CUSTOMER', 'Asked for by the customer'],
  ['ACCESS', 'No access'],
  ['PARTS', 'Waiting for parts'],
  ['WEATHER', 'Weather'],
  ['DUPLICATE', 'Reported twice'],
] as const

async function writeCommon(
  put: Put,
  company: { id: string; code: string; name: string; board: string; boardName: string; policy: BoardPolicy },
): Promise<void> {
  await put('company', {
    id: company.id,
    code: company.code,
    name: company.name,
    time_zone: 'UTC',
    parameters: { allowWithoutAgreement: true, defaultBoardId: company.board },
  })
  const calendars: readonly (readonly [string, string, Row])[] = [
    ['WK', 'Working week', week(day(['08:00', '12:00'], ['13:00', '17:00']), [])],
    ['FIELD', 'Field service, every day', week(day(['06:00', '20:00']), day(['06:00', '20:00']))],
    ['ALWAYS', 'Around the clock', week(day(['00:00', '24:00']), day(['00:00', '24:00']))],
  ]
  for (const [code, name, hours] of calendars) {
    await put('calendar', {
      id: `${company.id}-${code.toLowerCase()}`,
      code,
      name,
      time_zone: 'UTC',
      week: hours,
    })
  }
  for (const [code, description, parent, flags] of stages) {
    await put('stage', {
      id: `${company.id}-${code.toLowerCase()}`,
      code,
      description,
      parent_stage_id: parent === null ? null : `${company.id}-${parent.toLowerCase()}`,
      ...flags,
    })
  }
  for (const [code, description] of reasons) {
    await put('reason_code', { id: `${company.id}-${code.toLowerCase()}`, code, description })
  }
  await put('board', { id: company.board, name: company.boardName, time_zone: 'UTC', policy: company.policy })
}

async function writeUsers(
  put: Put,
  users: readonly DemoUser[],
  teamIds: string[],
  passwordHash: string,
): Promise<void> {
  for (const user of users) {
    await put('app_user', {
      id: user.id,
      email: user.email,
      name: user.name,
      role: user.role,
      technician_id: user.technicianId ?? null,
      monitored_team_ids: user.role === 'technician' ? [] : teamIds,
      password_hash: passwordHash,
    })
  }
}

const office = (company: string, domain: string): DemoUser[] => [
  { id: `${company}-manager`, email: `manager@${domain}`, name: 'Mara Vale', role: 'manager' },
  { id: `${company}-dispatcher`, email: `dispatcher@${domain}`, name: 'Dana Croft', role: 'dispatcher' },
  { id: `${company}-dispatcher2`, email: `dispatcher2@${domain}`, name: 'Dirk Marsh', role: 'dispatcher' },
  { id: `${company}-dispatcher3`, email: `dispatcher3@${domain}`, name: 'Della North', role: 'dispatcher' },
  { id: `${company}-service`, email: `service@${domain}`, name: 'Sol Reed', role: 'customer-service' },
  { id: `${company}-admin`, email: `admin@${domain}`, name: 'Ari Stone', role: 'administrator' },
]

// ---------------------------------------------------------------- `none`: a company ready for work

const tenNames = [
  'Ann Brook',
  'Bo Dale',
  'Cleo Elm',
  'Dev Field',
  'Eva Grove',
  'Finn Heath',
  'Gita Isle',
  'Hugo Lane',
  'Ines Oakes',
  'Jon Pike',
]

const cityUsers = (): DemoUser[] => [
  ...office('city', 'city.example'),
  ...tenNames.map(
    (name, i): DemoUser => ({
      id: `city-tech${i + 1}`,
      email: `tech${i + 1}@city.example`,
      name,
      role: 'technician',
      technicianId: `city-t${i + 1}`,
    }),
  ),
]

const city = {
  id: 'city',
  code: 'city',
  name: 'City services',
  board: 'city-board',
  boardName: 'City',
  policy: {} satisfies BoardPolicy,
  users: cityUsers,
  async write(put: Put, passwordHash: string): Promise<void> {
    await writeCommon(put, city)
    await put('team', { id: 'city-field', code: 'FIELD', description: 'Field team', board_id: city.board })
    const skills = [...new Set(Object.values(trades).map((trade) => trade.skill))]
    for (const [i, name] of tenNames.entries()) {
      await put('technician', {
        id: `city-t${i + 1}`,
        code: `T${i + 1}`,
        name,
        team_id: 'city-field',
        calendar_id: 'city-field',
        // Each of the city's trades is known by four of the ten.
        skills: skills
          .filter((_, s) => (s + i) % 10 < 4 || s === 10 - i)
          .map((skill) => ({ skill, level: 2 })),
        email: `tech${i + 1}@city.example`,
      })
    }
    for (const trade of Object.values(trades)) {
      await put('activity_type', {
        id: `city-${trade.skill}`,
        code: trade.skill.toUpperCase(),
        description: `${trade.skill[0]?.toUpperCase()}${trade.skill.slice(1)} visit`,
        default_minutes: trade.minutes,
        required_skills: [{ skill: trade.skill, level: 1 }],
      })
    }
    await put('sla', {
      id: 'city-4h',
      code: '4H',
      description: 'Four hours, around the clock',
      hours: 4,
      clock_mode: 'wall',
      start_alignment: 'none',
    })
    await put('sla', {
      id: 'city-8w',
      code: '8W',
      description: 'Eight working hours',
      hours: 8,
      calendar_id: 'city-wk',
      clock_mode: 'working',
      start_alignment: 'open',
    })
    await put('customer', { id: 'city-residents', code: 'RESIDENTS', name: 'Residents of the city' })
    await put('project', {
      id: 'city-requests',
      code: 'REQUESTS',
      name: 'Service requests',
      customer_id: 'city-residents',
    })
    await put('agreement_group', {
      id: 'city-standard',
      code: 'STANDARD',
      description: 'Standard service',
      sla_id: 'city-8w',
    })
    await put('agreement', {
      id: 'city-urgent',
      code: 'URGENT',
      description: 'Urgent requests',
      project_id: 'city-requests',
      customer_id: 'city-residents',
      group_id: 'city-standard',
      start_date: '2020-01-01',
      sla_id: 'city-4h',
    })
    await put('agreement', {
      id: 'city-ordinary',
      code: 'ORDINARY',
      description: 'Ordinary requests',
      project_id: 'city-requests',
      customer_id: 'city-residents',
      group_id: 'city-standard',
      start_date: '2020-01-01',
    })
    await writeUsers(put, cityUsers(), ['city-field'], passwordHash)
  },
}

// ---------------------------------------------------------------- `storm`: seventy people and a bad day

export const stormEmail = (technicianCode: string): string => `${technicianCode.toLowerCase()}@storm.example`

const SHOWN_TECHNICIANS = 6

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

const storm = {
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

export const stormAgreement = (team: string, sla: string): string =>
  `storm-a-${team.toLowerCase()}-${sla.toLowerCase()}`
export const districtId = (name: string): string => `storm-c-${name.toLowerCase().replaceAll(' ', '-')}`
export const stormType = (code: string): string => `storm-${code.toLowerCase()}`
export const stormTechnicianId = (code: string): string => `storm-${code.toLowerCase()}`

/** Shifts as hours before and after the present one: whenever the demo starts, the day shift is in its first half. */
const around: Readonly<Record<string, readonly [number, number]>> = {
  early: [-7, 4],
  day: [-3, 9],
  late: [-1, 13],
}

async function layShifts(client: pg.Client): Promise<void> {
  const hour = new Date().getUTCHours()
  for (const [shift, [before, after]] of Object.entries(around)) {
    const hours = wrapped(hour + before, hour + after)
    await client.query(
      'UPDATE calendar SET week = $2, version = version + 1 WHERE company_id = $3 AND id = $1 AND week <> $2',
      [`storm-shift-${shift}`, JSON.stringify(week(hours, hours)), storm.id],
    )
  }
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
