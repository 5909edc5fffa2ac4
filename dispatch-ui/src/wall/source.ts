/** What the wall reads: all boards of the company, followed live, and the day's report, asked for again and again. */
import type { BoardSnapshot } from '../../../server/contract/board.ts'
import type { SlaReport, SlaWatch } from '../../../server/contract/reading.ts'
import { Board } from '../model/board.ts'
import { type Danger, dangersOf } from '../model/danger.ts'
import { dayAround } from '../shell/day.ts'
import { ask, askAll, pause, Refusal } from '../sync/api.ts'
import { Link, type LinkState } from '../sync/live.ts'

const REPORT_MS = 20_000
const AGAIN_MS = 5_000
const DANGER_MS = 15_000

type Named = {
  readonly id: string
  readonly code?: string
  readonly description?: string
  readonly name?: string
}
export type Source = {
  readonly boards: ReadonlyMap<string, Board>
  readonly teams: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, string>
  readonly types: ReadonlyMap<string, string>
  /** Null until the first report, and again when the latest could not be read: an old share is not shown as today's. */
  readonly report: () => SlaReport | null
  /** How likely promises are missed, by job; empty where it could not be read. */
  readonly dangers: () => ReadonlyMap<string, Danger>
  readonly link: () => { readonly state: LinkState; readonly heardAt: number }
  readonly hasFailed: () => boolean
}

export function openSource(zone: string | undefined, changed: () => void): Source {
  const boards = new Map<string, Board>()
  const names = {
    teams: new Map<string, string>(),
    groups: new Map<string, string>(),
    types: new Map<string, string>(),
  }
  let report: SlaReport | null = null
  let dangers: ReadonlyMap<string, Danger> = new Map()
  let hasFailed = false
  let line: { state: LinkState; heardAt: number } = { state: 'catching-up', heardAt: 0 }
  const link = new Link({
    state(state, heardAt) {
      const isNew = state !== line.state
      line = { state, heardAt }
      if (isNew) changed()
    },
  })

  async function follow(id: string): Promise<void> {
    const board = new Board(id)
    const { value, position } = await ask<BoardSnapshot>('GET', `/boards/${id}`)
    board.replace(value)
    boards.set(id, board)
    link.follow(id, position ?? { epoch: value.epoch, seq: value.seq }, {
      snapshot(state) {
        board.replace(state)
        changed()
      },
      events(items) {
        board.fold(items)
        changed()
      },
      verify: (sum) => board.checksum() === sum,
    })
    changed()
  }

  async function read(into: Map<string, string>, path: string): Promise<void> {
    for (const one of await askAll<Named>(path))
      into.set(one.id, one.description || one.name || one.code || one.id)
    changed()
  }

  async function open(): Promise<void> {
    for (;;) {
      try {
        const [all] = await Promise.all([
          askAll<{ id: string }>('/boards?limit=200'),
          read(names.teams, '/teams?limit=200'),
          read(names.groups, '/agreement-groups?limit=200'),
          read(names.types, '/activity-types?limit=200'),
        ])
        await Promise.all(all.filter((one) => !boards.has(one.id)).map((one) => follow(one.id)))
        hasFailed = false
        return
      } catch (error) {
        hasFailed = true
        changed()
        // A refusal will not change by asking again; a server that is away may come back.
        if (error instanceof Refusal && error.problem.status < 500) throw error
        await pause(AGAIN_MS)
      }
    }
  }

  async function readReport(): Promise<void> {
    const query = new URLSearchParams({
      from: new Date(dayAround(Date.now(), zone).from).toISOString(),
      to: new Date().toISOString(),
      groupBy: 'agreementGroup,team',
    })
    try {
      report = (await ask<SlaReport>('GET', `/reports/sla?${query}`, { tries: 1 })).value
    } catch (error) {
      report = null
      console.warn('the report of kept promises could not be read', error)
    }
    changed()
  }

  async function readDangers(): Promise<void> {
    const next = new Map<string, Danger>()
    for (const id of boards.keys())
      try {
        const { value } = await ask<SlaWatch>('GET', `/boards/${id}/sla-watch`, { tries: 1 })
        for (const [job, danger] of dangersOf(value)) next.set(job, danger)
      } catch (error) {
        // An old chance is not shown as today's: that board's jobs go without until the next round.
        console.warn('the chances of a board could not be read', error)
      }
    dangers = next
    changed()
  }

  void open().then(readDangers)
  void readReport()
  setInterval(() => void readDangers(), DANGER_MS)
  setInterval(() => void readReport(), REPORT_MS)
  return {
    boards,
    ...names,
    report: () => report,
    dangers: () => dangers,
    link: () => line,
    hasFailed: () => hasFailed,
  }
}
