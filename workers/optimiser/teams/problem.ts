/**
 * Work that needs several people at once, and teams that stay together for a day. Plain data, as `../problem.ts` is.
 *
 * A need counts people: `count` technicians of at least `level` in `domain`. One technician may answer needs in several domains at
 * once, and a team answers a need when enough of its members do, so needs are met by teams and never by a single skill test.
 * Two kinds of problem: a *project* (days of teams, precedence, no travel; `project.ts`) and *rounds* (one day of teams that travel
 * between windows; `rounds.ts`). A visit of exactly two people is neither: that is a link in the ordinary problem.
 */

export type Need = { readonly domain: number; readonly level: number; readonly count: number }

export type TeamTechnician = {
  readonly id: string
  /** One for each domain; 0 is no skill. */
  readonly levels: readonly number[]
  /** Days, from 0, on which the technician does not work. */
  readonly daysOff?: readonly number[]
}

type TeamTask = {
  readonly id: string
  readonly duration: number
  readonly needs: readonly Need[]
}

export type ProjectTask = TeamTask & {
  /** Index into the problem's weights: 0 is the most important. */
  readonly priority: number
  /** Have to end before this one starts. */
  readonly predecessors: readonly string[]
  readonly outsourceCost: number
}

/**
 * The objective is a sum over priorities of weight times the latest end among the tasks of that priority; the last weight counts
 * the end of everything. A task that is outsourced has no end, and all that waits for it is outsourced with it.
 */
export type ProjectProblem = {
  readonly dayLength: number
  readonly technicians: readonly TeamTechnician[]
  readonly tasks: readonly ProjectTask[]
  readonly outsourceBudget: number
  readonly weights: readonly number[]
}

export type ProjectTeam = {
  readonly technicianIds: readonly string[]
  /** Times from the start of the first day. */
  readonly tasks: readonly { readonly taskId: string; readonly start: number; readonly end: number }[]
}

export type ProjectPlan = {
  readonly days: readonly { readonly teams: readonly ProjectTeam[] }[]
  readonly outsourced: readonly string[]
  /** Latest end by priority, the last one of everything. */
  readonly ends: readonly number[]
  readonly value: number
  readonly iterations: number
}

export type RoundsTask = TeamTask & {
  /** Index into the travel matrix. */
  readonly location: number
  /** Bounds on the start, both included. */
  readonly from: number
  readonly to: number
  /** What leaving it out costs, in the unit of travel. */
  readonly leftOut: number
}

/** Teams leave the depot at 0 at the earliest and are back by `horizon`. Cost: travel, and what is left out. */
export type RoundsProblem = {
  readonly horizon: number
  readonly technicians: readonly TeamTechnician[]
  readonly tasks: readonly RoundsTask[]
  /** Index into the travel matrix. */
  readonly depot: number
  readonly travel: { readonly size: number; readonly times: Float64Array }
}

export type RoundsTeam = {
  readonly technicianIds: readonly string[]
  readonly visits: readonly { readonly taskId: string; readonly start: number }[]
}

export type RoundsPlan = {
  readonly teams: readonly RoundsTeam[]
  readonly leftOut: readonly string[]
  readonly travel: number
  readonly value: number
  readonly iterations: number
}
