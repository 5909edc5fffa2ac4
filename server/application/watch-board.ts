/**
 * A board's promises that are broken or may be, with how likely each is missed and why.
 *
 * What is listed follows the clock and the plan, as ever; a promise that both would call safe is listed too once it is
 * likely missed. An answer is kept for a few seconds while the board has not moved: everyone who looks at a wall asks.
 */
import type { Candidates } from '../contract/planning.ts'
import type { SlaWatch, WatchedPromise } from '../contract/reading.ts'
import type { Activity } from '../domain/activity/activity.ts'
import { MINUTE } from '../domain/instant.ts'
import type { Outlook, Outlooks, RunningPromise } from '../ports/outlooks.ts'
import { type BoardForecast, type Forecast, forecastBoard } from './forecast-board.ts'

const WATCH_MAX = 500
/** The reason is looked for where it is likely enough to be asked for, the likeliest first. */
const DRIVERS_MAX = 100
const DRIVER_FROM = 0.05

/** The promise is tight when the plan leaves less than this before it is due. */
const TIGHT_MINUTES = 30
/** Unplanned work is at risk when it is due sooner than this. */
const UNPLANNED_MINUTES = 240
/** A promise with room in the plan is listed when it is at least this likely missed all the same. */
const LIKELY = 0.3

const KEPT_MS = 4_000
const KEPT_MAX = 500

export type BoardWatch = {
  /** Null: no such board. `seq` is where the board stands: an answer is kept only as long as it has not moved. */
  watch(companyId: string, boardId: string, seq: number): Promise<SlaWatch | null>
  /** The same candidates, each with how likely the activity's promises would be missed there. */
  judge(
    companyId: string,
    activity: Pick<Activity, 'id' | 'orderId' | 'boardId' | 'place' | 'windows'>,
    candidates: Candidates,
  ): Promise<Candidates>
}

export function createBoardWatch(parts: { outlooks: Outlooks; now: () => number }): BoardWatch {
  const kept = new Map<string, { seq: number; at: number; answer: Promise<SlaWatch | null> }>()
  return {
    watch(companyId, boardId, seq) {
      const key = JSON.stringify([companyId, boardId])
      const at = parts.now()
      const known = kept.get(key)
      if (known && known.seq === seq && at - known.at < KEPT_MS) return known.answer
      const answer = parts.outlooks
        .read(companyId, boardId)
        .then((outlook) => (outlook === null ? null : watchOf(outlook)))
      if (kept.size >= KEPT_MAX) kept.clear()
      kept.set(key, { seq, at, answer })
      // A failed answer is nobody's to keep.
      answer.catch(() => kept.delete(key))
      return answer
    },

    async judge(companyId, activity, candidates) {
      const outlook = await parts.outlooks.read(companyId, activity.boardId)
      if (outlook === null) return candidates
      const promises = outlook.promises.filter(
        (promise) => promise.orderId === activity.orderId && promise.dueAt > outlook.now,
      )
      const own = promises.filter((promise) => promise.activity.id === activity.id)
      const forecast = forecastBoard({ ...outlook, promises: own })
      return {
        ...candidates,
        candidates: candidates.candidates.map((candidate) => ({
          ...candidate,
          missProbability: rounded(
            forecast.elsewhere(
              own,
              {
                technicianId: candidate.technicianId,
                start: Date.parse(candidate.start),
                end: Date.parse(candidate.end),
              },
              { place: activity.place, windows: activity.windows },
            ),
          ),
        })),
      }
    },
  }
}

type Judged = {
  readonly promise: RunningPromise
  readonly forecast: Forecast
  readonly minutesLeft: number
  readonly plannedAt: number | null
  readonly why: WatchedPromise['why'] | null
}

/** Exported for its tests; asked through `createBoardWatch`. */
export function watchOf(outlook: Outlook): SlaWatch {
  const forecast = forecastBoard(outlook)
  const judged = outlook.promises.map((promise) => judge(promise, forecast.of(promise), outlook.now))
  const broken = judged.filter((one) => one.why === 'overdue').slice(0, WATCH_MAX)
  const atRisk = judged.filter((one) => one.why !== null && one.why !== 'overdue').slice(0, WATCH_MAX)
  const explained = new Set(
    [...atRisk]
      .filter((one) => (one.forecast.chance ?? 0) >= DRIVER_FROM)
      .sort((a, b) => (b.forecast.chance ?? 0) - (a.forecast.chance ?? 0))
      .slice(0, DRIVERS_MAX),
  )
  const view = (one: Judged): WatchedPromise => viewOf(one, explained.has(one) ? forecast : null)
  return {
    at: new Date(outlook.now).toISOString(),
    open: outlook.promises.length,
    broken: broken.map(view),
    atRisk: atRisk.map(view),
  }
}

function judge(promise: RunningPromise, forecast: Forecast, now: number): Judged {
  const { start, end } = promise.activity
  const plannedAt = promise.target === 'complete' ? end : start
  const minutesLeft = (promise.dueAt - now) / MINUTE
  // A response is kept by sending the work: what is left is all the slack there is, wherever the work lies.
  const slackMinutes =
    plannedAt === null
      ? null
      : promise.target === 'respond'
        ? minutesLeft
        : (promise.dueAt - plannedAt) / MINUTE
  const likely = (forecast.chance ?? 0) >= LIKELY ? 'likely' : null
  const why =
    minutesLeft < 0
      ? 'overdue'
      : slackMinutes === null
        ? minutesLeft < UNPLANNED_MINUTES
          ? 'unplanned'
          : likely
        : slackMinutes < 0
          ? 'planned-late'
          : slackMinutes < TIGHT_MINUTES
            ? 'tight'
            : likely
  return { promise, forecast, minutesLeft, plannedAt, why }
}

const rounded = (chance: number | null): number | null =>
  chance === null ? null : Math.round(chance * 1_000) / 1_000

function viewOf(
  { promise, forecast, minutesLeft, plannedAt, why }: Judged,
  board: BoardForecast | null,
): WatchedPromise {
  const found = board?.driver(forecast) ?? null
  return {
    orderId: promise.orderId,
    orderNumber: promise.orderNumber,
    description: promise.description,
    customerName: promise.customerName,
    priority: promise.priority,
    agreementGroupId: promise.agreementGroupId,
    slaId: promise.slaId,
    teamId: promise.activity.teamId,
    technicianId: promise.activity.technicianId,
    activityId: promise.activity.id,
    target: promise.target,
    dueAt: new Date(promise.dueAt).toISOString(),
    minutesLeft: Math.round(minutesLeft * 10) / 10,
    plannedAt: plannedAt === null ? null : new Date(plannedAt).toISOString(),
    why: why ?? 'tight',
    probability: rounded(forecast.chance),
    probabilityUnknown: forecast.chance === null ? 'few-waits' : null,
    driver:
      found === null || forecast.stake === null
        ? null
        : {
            kind: found.driver.kind,
            activityId: found.visit.id,
            technicianId: forecast.stake.technicianId,
            probabilityWithout: rounded(found.driver.without) ?? 0,
          },
  }
}
