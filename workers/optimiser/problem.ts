/**
 * What the search is asked, and what it answers. Plain data: it survives structured cloning and JSON (matrices aside).
 *
 * All times are whole seconds from the horizon's start, all distances whole metres, all places indices into the travel
 * matrices. Whoever builds a problem has already turned calendars, absences, movable date ranges and SLA clocks into
 * these numbers; the search knows no time zone and reads no clock but its budget.
 * The surprising rule: a window bounds when work may *start*, both ends included. For "done by five" subtract the duration.
 */

/** Inclusive bounds on a start. */
export type Window = { readonly from: number; readonly to: number }

/** Half-open span of time in which a technician works. */
export type OpenInterval = { readonly from: number; readonly to: number }

/** A pause of `duration` that has to begin from `earliest` to `latest`. Travel stops for it; work is never cut in two. */
export type Break = { readonly earliest: number; readonly latest: number; readonly duration: number }

export type SkillLevel = { readonly skill: string; readonly level: number }

/**
 * One promise about an activity. `complete` is judged by the end of the work, `arrive` by its start; `respond` is kept as soon
 * as the work has a technician, because dispatching does not wait for the day to come round.
 */
export type SlaTarget = {
  readonly kind: 'complete' | 'arrive' | 'respond'
  /** May be negative: overdue before the horizon starts. */
  readonly dueAt: number
  /** How much missing this target counts beside another; 1 is ordinary. */
  readonly weight: number
  /** How fast lateness grows beside the ordinary rate; 1 when absent. */
  readonly perMinute?: number
  /**
   * A wish and no promise: what lies beyond `dueAt` is priced by the second and told in a line of its own, but
   * missing it costs nothing. `waiting`: nobody shall wait longer than he has to. `margin`: a promise shall be kept with time
   * to spare, because work takes longer than planned about as often as not.
   */
  readonly wish?: Wish
  /** Seconds of lateness after which no more is paid. */
  readonly most?: number
}

export type Wish = 'waiting' | 'margin'

export type ProblemActivity = {
  readonly id: string
  readonly duration: number
  /** Extra time when the technician comes from another place. */
  readonly setup?: number
  /** Index into the travel matrices; null is work that needs no journey. */
  readonly location: number | null
  /** All of them, each at least at its level. */
  readonly skills: readonly SkillLevel[]
  /** Allowed starts. None given: any time. */
  readonly windows: readonly Window[]
  readonly targets: readonly SlaTarget[]
  /** 0 (least) to 100; what leaving it out costs grows with it. */
  readonly priority: number
  /** Points for leaving it out, in place of what its priority says: for work that someone else would do at a known price. */
  readonly leftOut?: number
  readonly preferred?: readonly string[]
  readonly excluded?: readonly string[]
  /** Only these technicians may do it, for example because it is pinned to one. */
  readonly only?: readonly string[]
  /** Locked, dispatched or started work: it stays exactly there, even where it breaks a rule. */
  readonly fixed?: {
    readonly technicianId: string
    readonly start: number
    /** Only a lock holds it, and nobody has begun: a person could let it go. */
    readonly liftable?: boolean
  }
  /** Where the published plan has it. Moving it costs `weight` (1 is ordinary) unless it stays within `tolerance` seconds. */
  readonly current?: {
    readonly technicianId: string
    readonly start: number
    readonly weight?: number
    readonly tolerance?: number
  }
  /** Amounts on board from the start until here, per dimension of capacity. */
  readonly delivery?: readonly number[]
  /** Amounts on board from here to the end. */
  readonly pickup?: readonly number[]
  /** Tools that must be on the van when the work starts. */
  readonly tools?: readonly string[]
  /** Parts that the work uses up, taken from the van. */
  readonly parts?: readonly PartAmount[]
}

export type PartAmount = { readonly part: string; readonly amount: number }

/**
 * Two activities whose starts hang together: `from <= start(second) - start(first) <= to`, where null is no bound. A visit of
 * two technicians is two activities with `from: 0, to: 0, technicians: 'different', together: true`; "one after another" is
 * `from` = duration of the first, `to: null`. The second is never placed without the first; with `together` neither is.
 */
export type Link = {
  readonly first: string
  readonly second: string
  readonly from: number
  readonly to: number | null
  readonly technicians?: 'different' | 'same'
  readonly together?: boolean
}

/** One working day of one technician: out from `startLocation`, through the open intervals, back to `endLocation`. */
export type Shift = {
  /** In order and apart; the gaps between them are breaks. */
  readonly open: readonly OpenInterval[]
  /** Further breaks whose time the search may choose. */
  readonly breaks?: readonly Break[]
  /** null: the day starts at the first activity, without a journey. */
  readonly startLocation: number | null
  readonly endLocation: number | null
  /** Seconds that the day may run over, at a cost; 0 when absent. */
  readonly overtimeMax?: number
  /**
   * The technician is out already, at `startLocation` since the shift opens: working time counts from then, and the way home
   * has to be made even when there is no work left.
   */
  readonly departed?: boolean
}

export type ProblemTechnician = {
  readonly id: string
  readonly skills: readonly SkillLevel[]
  /** In order and apart. */
  readonly shifts: readonly Shift[]
  /** Index into `travel`; 0 when absent. */
  readonly profile?: number
  /** Travels so much faster than the profile; 1 when absent. */
  readonly speedFactor?: number
  /** Points per hour of travel, 3600 when absent, so that a second costs a point. */
  readonly perHour?: number
  /** Points per kilometre, 0 when absent. */
  readonly perKm?: number
  /** Points for each day on which the technician is used at all. */
  readonly fixedCost?: number
  readonly capacity?: readonly number[]
  /** Most activities in one shift. */
  readonly maxTasks?: number
  /** Points per hour from leaving the start to being back, waiting included; 0 when absent. */
  readonly perHourWorked?: number
  /** On the van when a shift begins; absent means everything, so that problems without tools need not speak of them. */
  readonly tools?: readonly string[]
  readonly parts?: readonly PartAmount[]
  /** Where tools and any amount of parts can be fetched, at most once per shift. */
  readonly depot?: { readonly location: number; readonly duration?: number }
}

/** Row `a`, column `b` is from a to b: index `a * size + b`. Need not be symmetric. */
export type TravelMatrix = {
  readonly size: number
  readonly seconds: Int32Array
  /** Read only for people whose kilometres cost something. */
  readonly metres: Int32Array
  /** What each leg costs, where that is neither time nor distance. */
  readonly points?: Int32Array
  /** Known to be the same in both directions; where it is not said, the search finds out. */
  readonly symmetric?: boolean
}

/** The board's policy: each number multiplies the rate of its band (see `weights.ts`); 1 is ordinary, 0 switches it off. */
export type Weights = {
  readonly missed: number
  readonly late: number
  readonly waiting: number
  readonly margin: number
  readonly unassigned: number
  readonly preferred: number
  readonly travel: number
  readonly overtime: number
  readonly fairness: number
  readonly stability: number
}

export type Problem = {
  /** Where the horizon ends: work left out is priced as if it were done only then. */
  readonly horizon: number
  readonly activities: readonly ProblemActivity[]
  readonly technicians: readonly ProblemTechnician[]
  readonly travel: readonly TravelMatrix[]
  readonly weights?: Partial<Weights>
  readonly links?: readonly Link[]
  /** Points per second of the greatest lateness of all, beside what each lateness costs; 0 when absent. */
  readonly worstLatePerSecond?: number
}

/** A cost in the words of a dispatcher, term by term. */
export type CostSplit = {
  readonly missedTargets: number
  readonly lateMinutes: number
  /** Beyond the moment from which waiting counts, all activities together. */
  readonly waitingMinutes: number
  /** By which work ends inside the time that was to be spared before its promise, and later. */
  readonly marginMinutes: number
  readonly unassigned: number
  readonly preferred: number
  readonly travelMinutes: number
  readonly overtimeMinutes: number
  readonly moved: number
}

export type Visit = {
  readonly activityId: string
  readonly arrival: number
  readonly start: number
  readonly end: number
  /** Seconds of travel from the place before. */
  readonly travel: number
}

/** Fetching tools and parts, after the visit of index `after`, or -1 for before the first. A break that falls into it prolongs it. */
export type DepotCall = { readonly start: number; readonly end: number; readonly after: number }

export type PlannedBreak = { readonly start: number; readonly end: number }

export type PlanRoute = {
  readonly technicianId: string
  /** Index into the technician's shifts; -1 for fixed work outside of all of them. */
  readonly shift: number
  /** When the technician leaves the start, as late as the first visit allows. */
  readonly departure: number
  readonly visits: readonly Visit[]
  readonly breaks: readonly PlannedBreak[]
  /** There where the van lacks something; the `travel` of the next visit then leads through the depot. */
  readonly depotCall?: DepotCall
  /** Seconds of travel after the last visit, and when the day is over. */
  readonly travelHome: number
  readonly endsAt: number
}

export type Rule =
  | 'excluded'
  | 'skill'
  | 'window'
  | 'calendar'
  | 'capacity'
  | 'tasks'
  | 'parts'
  | 'overlap'
  | 'link'
  | 'worth'
  | 'churn'
  | 'time'

export type Unassigned = { readonly activityId: string; readonly rule: Rule; readonly reason: string }

export type Plan = {
  readonly routes: readonly PlanRoute[]
  readonly unassigned: readonly Unassigned[]
  readonly cost: CostSplit
  /** The cost that the search minimises: one whole number, bands far apart (`weights.ts`). */
  readonly points: number
  readonly iterations: number
}

/** A plan to start from: any `Plan`, or just who does what in which order. */
export type WarmPlan = {
  readonly routes: readonly {
    readonly technicianId: string
    readonly visits: readonly { readonly activityId: string; readonly start: number }[]
  }[]
}
