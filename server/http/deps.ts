/** What HTTP is given by whoever starts it. */
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { BoardWatch } from '../application/watch-board.ts'
import type { BoardSnapshot } from '../contract/board.ts'
import type { Commands } from '../ports/commands.ts'
import type { EventLog } from '../ports/event-log.ts'
import type { Planner, PlanningBoards } from '../ports/planner.ts'
import type { Reading } from '../ports/reading.ts'
import type { Records } from '../ports/records.ts'
import type { Sessions } from '../ports/sessions.ts'

export type HttpConfig = {
  /** False only where the address is plain http on this machine. */
  readonly cookieSecure: boolean
  /** Origins that may act with a cookie; empty = the host that was asked. */
  readonly publicOrigins: readonly string[]
  readonly commandsPerSecond: number
  readonly commandBurst: number
  readonly signInsPerSecond: number
  readonly signInBurst: number
  readonly sessionHours: number
  /** The built user interface; null serves the API alone. */
  readonly uiFolder: string | null
  readonly trustProxy: boolean
  readonly version: string
}

export const defaultHttpConfig: HttpConfig = {
  cookieSecure: true,
  publicOrigins: [],
  commandsPerSecond: 10,
  commandBurst: 30,
  signInsPerSecond: 20,
  signInBurst: 200,
  sessionHours: 12,
  uiFolder: null,
  trustProxy: false,
  version: '0.2.0',
}

export type HttpDeps = {
  readonly config: HttpConfig
  readonly commands: Commands
  readonly sessions: Sessions
  readonly reading: Reading
  readonly records: Records
  readonly planner: Planner
  readonly planningBoards: PlanningBoards
  /** How the promises of a board stand, with forecasts. */
  readonly boardWatch: BoardWatch
  /** The whole live board, from wherever it is quickest; null when there is no such board in this company. */
  readonly boards: {
    readSnapshot(companyId: string, boardId: string): Promise<BoardSnapshot | null>
    readSnapshotText(
      companyId: string,
      boardId: string,
    ): Promise<{ epoch: string; seq: number; text: string } | null>
  }
  /** The numbered log: what came after, where it stands, and the board as it was. */
  readonly eventLog: Pick<EventLog, 'after' | 'head' | 'at'>
  readonly asyncApi: object
  readonly newId: () => string
  readonly health: { postgres(): Promise<boolean>; redis(): Promise<boolean> }
  /** How many requests wait for a connection to Postgres right now. */
  readonly poolWaiting: () => number
  /** How many failed attempts close an account for how long; the store's own rule, for unknown accounts too. */
  readonly closedSeconds: (failed: number) => number
  readonly logger: Logger | false
  /** Where `/metrics` collects; whoever starts the process may have registered more there. */
  readonly registry?: Registry
}
