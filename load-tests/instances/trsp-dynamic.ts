/**
 * Pillac's dynamic TRSP: a share of the requests is disclosed during the day; fewest rejections first, then paid working time.
 *
 * The day that was lived is judged afresh in the file's own unrounded distances: nobody sets out for what he cannot know of,
 * nobody arrives before he can, and every tool and part is on the van. See `live-day.ts` for what dispatching may do.
 */
import { type Lived, type LivedDay, type LiveOptions, liveThrough } from './live-day.ts'
import { distance, lackingOf, parseTrsp, SCALE, scaled, type Trsp, trspProblem } from './trsp.ts'

export type DynamicScore = {
  readonly rejected: number
  readonly duration: number
  readonly events: number
  readonly findings: readonly string[]
}

export const runTrspDynamic = (
  text: string,
  releases: ReadonlyMap<string, number>,
  options: Omit<LiveOptions, 'again'>,
): DynamicScore => {
  const trsp = parseTrsp(text)
  const lived = liveThrough(
    trspProblem(trsp),
    new Map([...releases].map(([id, release]) => [id, scaled(release)])),
    { ...options, again: true },
  )
  return scoreLived(trsp, options.backdated === true ? new Map() : releases, lived)
}

const tolerance = 1e-6

export const scoreLived = (trsp: Trsp, releases: ReadonlyMap<string, number>, lived: Lived): DynamicScore => {
  const findings: string[] = []
  const served = new Set<string>()
  let duration = 0
  for (const day of lived.days) {
    const technician = trsp.technicians.find(({ id }) => id === day.technicianId)
    if (technician === undefined) {
      findings.push(`${day.technicianId} is no technician`)
      continue
    }
    findings.push(...findingsOf(trsp, releases, day, served))
    duration += (day.home - (day.stops[0]?.leftAt ?? day.home)) / SCALE
  }
  return { rejected: trsp.requests.length - served.size, duration, events: lived.events, findings }
}

const findingsOf = (
  trsp: Trsp,
  releases: ReadonlyMap<string, number>,
  day: LivedDay,
  served: Set<string>,
): string[] => {
  const findings: string[] = []
  const technician = trsp.technicians.find(({ id }) => id === day.technicianId)
  if (technician === undefined) return findings
  const rows = []
  let callAfter: number | undefined
  let place: { readonly x: number; readonly y: number } = technician
  let freeAt = technician.from
  const travels = (leftAt: number, arrival: number, to: { x: number; y: number }, what: string): void => {
    if (leftAt / SCALE < freeAt - tolerance) findings.push(`${day.technicianId} leaves for ${what} too early`)
    if ((arrival - leftAt) / SCALE < distance(place, to) - tolerance)
      findings.push(`${day.technicianId} is too fast on the way to ${what}`)
    place = to
  }
  for (const stop of day.stops) {
    if (stop.at === 'home') travels(stop.leftAt, stop.arrival, technician, 'home')
    else if (stop.at === 'depot') {
      if (callAfter !== undefined) findings.push(`${day.technicianId} calls at the depot twice`)
      callAfter = rows.length - 1
      travels(stop.leftAt, stop.arrival, trsp.depot, 'the depot')
    } else {
      const row = trsp.requests.find(({ id }) => id === stop.activityId)
      if (row === undefined || served.has(row.id)) {
        findings.push(`${stop.activityId} is no request, or is served twice`)
        continue
      }
      served.add(row.id)
      rows.push(row)
      travels(stop.leftAt, stop.arrival, row, row.id)
      if (stop.leftAt / SCALE < (releases.get(row.id) ?? -1) - tolerance)
        findings.push(`${row.id} is set out for before it is known`)
      const start = stop.start / SCALE
      if (stop.start < stop.arrival || start < row.from - tolerance || start > row.to + tolerance)
        findings.push(`${row.id} starts at ${start}`)
      if ((stop.end - stop.start) / SCALE < row.service - tolerance) findings.push(`${row.id} is cut short`)
    }
    freeAt = stop.end / SCALE
  }
  travels(day.leftForHomeAt, day.home, technician, 'home')
  if (day.home / SCALE > technician.to + tolerance) findings.push(`${day.technicianId} is back too late`)
  return [...findings, ...lackingOf(technician, rows, callAfter)]
}
