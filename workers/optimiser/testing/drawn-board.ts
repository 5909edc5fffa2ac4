/**
 * Small boards for tests, drawn rather than assembled, and plans drawn back.
 *
 *   Ann | 08:00-12:00 13:00-17:00 | home 0 | has gas:2
 *   A1  | 60m | at 20 | from 09:00 to 10:00 | needs gas:1 | due 11:00 | fixed Ann 09:00
 *
 *   Bo  | 08:00-17:00 | home 0 | tools saw | stock pipe:2 | depot 30 10m | paid 1800
 *   A2  | 30m | at 5 | tools saw | uses pipe:1
 *
 * A line whose second part is a length is an activity; any other is a technician. Places lie on a line, in minutes of travel from
 * a common point, so `at 20` is twenty minutes from `home 0`. A second day is written 32:00 for eight in the morning.
 */
import type {
  PartAmount,
  Plan,
  Problem,
  ProblemActivity,
  ProblemTechnician,
  SkillLevel,
  Weights,
} from '../problem.ts'

const MINUTE = 60

export const clock = (text: string): number => {
  const [hours = '', minutes = ''] = text.split(':')
  const seconds = (Number(hours) * 60 + Number(minutes)) * MINUTE
  if (!Number.isInteger(seconds)) throw new Error(`${text} is no time`)
  return seconds
}

const clockText = (seconds: number): string => {
  const minutes = Math.floor(seconds / MINUTE)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

const span = (text: string): { from: number; to: number } => {
  const [from = '', to = ''] = text.split('-')
  return { from: clock(from), to: clock(to) }
}

const skill = (text: string): SkillLevel => {
  const [name = '', level = '1'] = text.split(':')
  return { skill: name, level: Number(level) }
}

const partAmount = (text: string): PartAmount => {
  const [part = '', amount = '1'] = text.split(':')
  return { part, amount: Number(amount) }
}

type Drawn<T> = { -readonly [K in keyof T]: T[K] }

class Places {
  readonly minutes: number[] = []
  of(text: string): number {
    const minutes = Number(text)
    const known = this.minutes.indexOf(minutes)
    if (known >= 0) return known
    this.minutes.push(minutes)
    return this.minutes.length - 1
  }
}

const technicianFrom = (id: string, parts: readonly string[], places: Places): ProblemTechnician => {
  const technician: Drawn<ProblemTechnician> = { id, skills: [], shifts: [] }
  let home: number | null = null
  let overtimeMax = 0
  let breaks: { earliest: number; latest: number; duration: number }[] = []
  for (const part of parts.slice(1)) {
    const [word = '', ...words] = part.split(' ')
    if (word === 'home') home = places.of(words[0] ?? '')
    else if (word === 'has') technician.skills = words.map(skill)
    else if (word === 'carries') technician.capacity = words.map(Number)
    else if (word === 'most') technician.maxTasks = Number(words[0])
    else if (word === 'tools') technician.tools = words.filter((tool) => tool !== '')
    else if (word === 'stock') technician.parts = words.map(partAmount)
    else if (word === 'depot') {
      const duration = Number.parseInt(words[1] ?? '0', 10) * MINUTE
      technician.depot = { location: places.of(words[0] ?? ''), duration }
    } else if (word === 'paid') technician.perHourWorked = Number(words[0])
    else if (word === 'kilometre') technician.perKm = Number(words[0])
    else if (word === 'overtime') overtimeMax = Number.parseInt(words[0] ?? '', 10) * MINUTE
    else if (word === 'break') {
      const { from, to } = span(words[1] ?? '')
      breaks = [
        ...breaks,
        { earliest: from, latest: to, duration: Number.parseInt(words[0] ?? '', 10) * MINUTE },
      ]
    } else throw new Error(`${part}: a technician knows no ${word}`)
  }
  technician.shifts = (parts[0] ?? '').split(' / ').map((day) => ({
    open: day.split(' ').map(span),
    breaks,
    startLocation: home,
    endLocation: home,
    overtimeMax,
  }))
  return technician
}

const activityFrom = (id: string, parts: readonly string[], places: Places): ProblemActivity => {
  const activity: Drawn<ProblemActivity> & { windows: { from: number; to: number }[] } = {
    id,
    duration: Number.parseInt(parts[0] ?? '', 10) * MINUTE,
    location: null,
    skills: [],
    windows: [],
    targets: [],
    priority: 0,
  }
  for (const part of parts.slice(1)) {
    const [word = '', ...words] = part.split(' ')
    const [first = '', second = ''] = words
    if (word === 'at') activity.location = places.of(first)
    else if (word === 'from') activity.windows.push({ from: clock(first), to: clock(words[2] ?? '') })
    else if (word === 'needs') activity.skills = words.map(skill)
    else if (word === 'due' || word === 'arrive' || word === 'respond') {
      const kind = word === 'due' ? 'complete' : word
      activity.targets = [...activity.targets, { kind, dueAt: clock(first), weight: Number(second || 1) }]
    } else if (word === 'fixed') activity.fixed = { technicianId: first, start: clock(second) }
    else if (word === 'now') activity.current = { technicianId: first, start: clock(second) }
    else if (word === 'prefers') activity.preferred = words
    else if (word === 'not') activity.excluded = words
    else if (word === 'only') activity.only = words
    else if (word === 'priority') activity.priority = Number(first)
    else if (word === 'brings') activity.delivery = words.map(Number)
    else if (word === 'collects') activity.pickup = words.map(Number)
    else if (word === 'tools') activity.tools = words
    else if (word === 'uses') activity.parts = words.map(partAmount)
    else if (word === 'setup') activity.setup = Number.parseInt(first, 10) * MINUTE
    else throw new Error(`${part}: an activity knows no ${word}`)
  }
  return activity
}

export const drawn = (text: string, weights?: Partial<Weights>): Problem => {
  const places = new Places()
  const technicians: ProblemTechnician[] = []
  const activities: ProblemActivity[] = []
  for (const line of text.split('\n')) {
    const [id = '', ...parts] = line.split('|').map((part) => part.trim())
    if (id === '') continue
    if (/^\d+m$/.test(parts[0] ?? '')) activities.push(activityFrom(id, parts, places))
    else technicians.push(technicianFrom(id, parts, places))
  }
  const size = places.minutes.length
  const seconds = new Int32Array(size * size)
  places.minutes.forEach((a, i) => {
    places.minutes.forEach((b, j) => {
      seconds[i * size + j] = Math.abs(a - b) * MINUTE
    })
  })
  const ends = technicians.flatMap(({ shifts }) => shifts.flatMap(({ open }) => open.map(({ to }) => to)))
  return {
    horizon: Math.max(0, ...ends),
    activities,
    technicians,
    travel: [{ size, seconds, metres: seconds }],
    ...(weights === undefined ? {} : { weights }),
  }
}

/** `Ann | 09:00 A1 10:00 | 10:20 A2 11:20`, one line for each day with visits; then `left out | A3`. */
export const drawnPlan = (plan: Plan): string => {
  const lines = plan.routes.map((route) => {
    const visits = route.visits.map(
      (visit) => `${clockText(visit.start)} ${visit.activityId} ${clockText(visit.end)}`,
    )
    return [route.technicianId, ...visits].join(' | ')
  })
  if (plan.unassigned.length > 0)
    lines.push(`left out | ${plan.unassigned.map((item) => item.activityId).join(' ')}`)
  return lines.join('\n')
}
