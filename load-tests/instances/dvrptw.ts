/**
 * Lackner's dynamic VRPTW: Solomon's customers, a share of whom is disclosed during the day; fewest rejections, then distance.
 *
 * Times, distances and the convention are those of `solomon.ts`, and what dispatching may do is told in `live-day.ts`. The distance
 * in which all customers are known beforehand is no peer but a bound: what lies between is the value of knowing.
 */
import { type Lived, type LiveOptions, liveThrough } from './live-day.ts'
import { parseSolomon, problemFrom, type Solomon, scoreSolomon } from './solomon.ts'

export type DynamicVrptwScore = {
  readonly rejected: number
  readonly distance: number
  readonly events: number
  readonly findings: readonly string[]
}

/** Rows of a customer and its time of disclosure, -1 where it is known beforehand. */
export const readDisclosures = (text: string): ReadonlyMap<string, number> => {
  const rows = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/).map(Number))
  if (rows.length === 0 || rows.some((row) => row.length < 2 || !row.every(Number.isFinite)))
    throw new Error('not a file of disclosures: rows of a customer and a time are wanted')
  return new Map(rows.map(([id, time]) => [String(id), time ?? -1]))
}

export const runDynamicVrptw = (
  text: string,
  disclosures: ReadonlyMap<string, number>,
  options: Omit<LiveOptions, 'again'>,
): DynamicVrptwScore => {
  const solomon = parseSolomon(text)
  const lived = liveThrough(
    problemFrom(solomon),
    new Map([...disclosures].map(([id, time]) => [id, Math.ceil(10 * time)])),
    // A second round would be another vehicle's.
    { ...options, again: false },
  )
  return scoreLivedVrptw(solomon, disclosures, lived)
}

/** The driven routes judged as a plain VRPTW, and that nobody set out for a customer who was not disclosed. */
export const scoreLivedVrptw = (
  solomon: Solomon,
  disclosures: ReadonlyMap<string, number>,
  lived: Lived,
): DynamicVrptwScore => {
  const { value, findings = [] } = scoreSolomon(
    solomon,
    lived.days.map(({ technicianId, stops }) => ({
      technicianId,
      activityIds: stops.flatMap(({ activityId }) => activityId ?? []),
    })),
  )
  const served = new Set<string>()
  const early: string[] = []
  for (const { stops } of lived.days) {
    for (const { activityId, leftAt, start } of stops) {
      const row = solomon.rows.find(({ id }) => id === activityId)
      if (row === undefined) continue
      served.add(row.id)
      if (leftAt < 10 * (disclosures.get(row.id) ?? -1))
        early.push(`${row.id} is set out for before it is known`)
      if (start < 10 * row.ready || start > 10 * row.due) early.push(`${row.id} starts at ${start}`)
    }
  }
  return {
    rejected: solomon.rows.length - 1 - served.size,
    distance: value,
    events: lived.events,
    // Rejections are counted, not forbidden.
    findings: [...findings.filter((finding) => !finding.endsWith('are not served')), ...early],
  }
}
