/** The board over HTTP: as it is, as it was, what happened since, many changes at once, and its promises at risk. */
import { Type } from 'typebox'
import { boardPolicies } from '../application/board-policies.ts'
import { runBoardCommands } from '../application/run-board-commands.ts'
import { ActivityAnswer, BoardCommandsBody } from '../contract/activity.ts'
import { BoardEvents, BoardSnapshot } from '../contract/board.ts'
import { type Cut, cutSnapshot } from '../contract/board-cut.ts'
import { closed, InstantText, Nullable } from '../contract/common.ts'
import { PolicyVersion } from '../contract/policy.ts'
import { reportGroups, SlaReport, SlaWatch } from '../contract/reading.ts'
import { DAY } from '../domain/instant.ts'
import { allow, found } from './allow.ts'
import type { HttpDeps } from './deps.ts'
import { type Answer, type Ask, type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'
import { HttpProblem } from './problem.ts'
import { createPacker, encodingOf } from './snapshots.ts'

/** One answer per act, in the order they were asked. */
const BoardCommandsAnswer = Type.Object(
  { results: Type.Array(ActivityAnswer) },
  { $id: 'BoardCommandsAnswer', ...closed },
)

const PolicyVersions = Type.Object(
  { items: Type.Array(PolicyVersion), nextCursor: Nullable(Type.String()) },
  { $id: 'PolicyVersions', ...closed },
)

const BULK_LIMIT = 1024 * 1024
const CLOSED_MAX = 5_000

const SnapshotQuery = Type.Object(
  {
    from: Type.Optional(InstantText),
    to: Type.Optional(InstantText),
    includeClosed: Type.Optional(
      Type.Boolean({ description: 'Closed work of the span too; of the last week without one' }),
    ),
    teams: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,40}(,[A-Za-z0-9_-]{1,40}){0,199}$',
        description: 'Ids of teams, with commas',
      }),
    ),
    relatedTeamsOnly: Type.Optional(
      Type.Boolean({ description: 'Only teams the asker owns, belongs to or watches' }),
    ),
  },
  closed,
)

const Moment = Type.Object(
  {
    seq: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    time: Type.Optional(InstantText),
  },
  closed,
)

const ReportQuery = Type.Object(
  {
    from: InstantText,
    to: InstantText,
    groupBy: Type.Optional(
      Type.String({
        pattern: `^(${reportGroups.join('|')})(,(${reportGroups.join('|')})){0,4}$`,
        description: `With commas: ${reportGroups.join(', ')}`,
      }),
    ),
  },
  closed,
)

const wrong = (field: string, expected: string): HttpProblem =>
  new HttpProblem('VALIDATION', { fields: [{ field, expected }] })

export function boardEndpoints(deps: HttpDeps, { run }: Inside): readonly Endpoint[] {
  const { boards, boardWatch, eventLog, reading, records } = deps
  const pack = createPacker()
  const tag = { tag: 'boards' } as const

  const relatedTeams = async ({ caller }: Ask<unknown, unknown>): Promise<string[]> => {
    const related = new Set(caller.monitoredTeamIds)
    if (caller.technicianId !== null) {
      const own = await records.get(caller.companyId, 'technicians', caller.technicianId)
      if (typeof own?.teamId === 'string') related.add(own.teamId)
      const owned = await records.list(caller.companyId, 'teams', {
        limit: 200,
        cursor: null,
        sort: null,
        q: null,
        filters: { ownerTechnicianId: caller.technicianId },
      })
      for (const team of owned.items) related.add(team.id)
    }
    return [...related]
  }

  const cutOf = async (
    ask: Ask<{ from?: string; to?: string; teams?: string; relatedTeamsOnly?: boolean }, unknown>,
  ): Promise<Cut> => {
    const { from, to, teams, relatedTeamsOnly } = ask.query
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to))
      throw wrong('to', 'an instant after from')
    const named = teams === undefined ? [] : teams.split(',')
    const related = relatedTeamsOnly ? await relatedTeams(ask) : null
    // Nobody's teams is not everybody's: an empty wish would show the whole board.
    const shown =
      related === null
        ? named
        : related.length === 0
          ? ['-']
          : named.length === 0
            ? related
            : named.filter((id) => related.includes(id))
    return {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(shown.length === 0 && related === null ? {} : { teams: shown.length === 0 ? ['-'] : shown }),
      ...(ask.caller.role === 'technician' ? { technicianId: ask.caller.technicianId ?? '-' } : {}),
    }
  }

  return [
    endpoint({
      ...tag,
      method: 'GET',
      path: '/boards/{id}',
      id: 'getBoard',
      summary: 'The live board: open work, technicians, and the number it stands at',
      shed: 'snapshot',
      query: SnapshotQuery,
      replies: { 200: BoardSnapshot },
      async handle(ask) {
        allow(ask, 'board-read')
        const { companyId } = ask.caller
        const id = ask.params.id ?? ''
        const cut = await cutOf(ask)
        // The record's version is a courtesy for those who go on to change it; the board opens without Postgres too.
        const version = reading.boardHead(companyId, id).then(
          (head) => head?.version,
          (error: unknown) => {
            ask.request.log.warn({ err: error }, 'board record could not be read')
            return undefined
          },
        )
        const headers = async (at: { epoch: string; seq: number }): Promise<Record<string, string>> => {
          const known = await version
          return {
            ...(known === undefined ? {} : { etag: `"${known}"` }),
            'board-epoch': at.epoch,
            'board-seq': String(at.seq),
          }
        }
        if (Object.keys(cut).length === 0 && ask.query.includeClosed !== true) {
          const whole = found(await boards.readSnapshotText(companyId, id))
          const encoding = encodingOf(ask.request.headers['accept-encoding'])
          if (encoding === null)
            return { status: 200, body: Buffer.from(whole.text), headers: await headers(whole) }
          return {
            status: 200,
            body: await pack(`${companyId}\n${id}\n${whole.epoch}\n${whole.seq}`, whole.text, encoding),
            headers: { ...(await headers(whole)), 'content-encoding': encoding, vary: 'accept-encoding' },
          }
        }
        const snapshot = found(await boards.readSnapshot(companyId, id))
        const open = cutSnapshot(snapshot, cut)
        if (ask.query.includeClosed !== true) return { status: 200, body: open, headers: await headers(open) }
        const now = Date.now()
        const past = await reading.closedOn(
          companyId,
          id,
          {
            from: cut.from === undefined ? now - 7 * DAY : Date.parse(cut.from),
            to: cut.to === undefined ? now + DAY : Date.parse(cut.to),
          },
          CLOSED_MAX,
        )
        const shown = cutSnapshot({ ...snapshot, activities: past.activities, orders: [...past.orders] }, cut)
        const known = new Set(open.orders.map((order) => order.id))
        return {
          status: 200,
          body: {
            ...open,
            activities: [...open.activities, ...shown.activities],
            orders: [...open.orders, ...shown.orders.filter((order) => !known.has(order.id))],
          },
          headers: await headers(open),
        }
      },
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/boards/{id}/commands',
      id: 'runBoardCommands',
      summary: 'Many acts at once, all or nothing',
      command: 'new',
      body: BoardCommandsBody,
      bodyLimit: BULK_LIMIT,
      replies: { 200: BoardCommandsAnswer },
      refusals: [412],
      handle: (ask) => run(ask, (tx) => runBoardCommands(tx, { boardId: ask.params.id ?? '', ...ask.body })),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/boards/{id}/events',
      id: 'listBoardEvents',
      summary: 'What happened after a number, oldest first',
      shed: 'history',
      query: Type.Object(
        {
          after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
        },
        closed,
      ),
      replies: { 200: BoardEvents },
      async handle(ask) {
        allow(ask, 'board-read', { own: false })
        const { companyId } = ask.caller
        const id = ask.params.id ?? ''
        // The head is read first: an event in the list may be newer than it, but none it counts can be missing.
        const head = found(await eventLog.head(companyId, id))
        const items = await eventLog.after(companyId, id, ask.query.after ?? 0, ask.query.limit ?? 500)
        return {
          status: 200,
          body: { epoch: head.epoch, head: Math.max(head.seq, items.at(-1)?.seq ?? 0), items },
          headers: { 'board-epoch': head.epoch, 'board-seq': String(head.seq) },
        }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/boards/{id}/at',
      id: 'getBoardAt',
      summary: 'The board as it was at a number or an instant',
      shed: 'history',
      query: Moment,
      replies: { 200: BoardSnapshot },
      async handle(ask) {
        allow(ask, 'board-read', { own: false })
        const { seq, time } = ask.query
        if ((seq === undefined) === (time === undefined)) throw wrong('seq', 'either seq or time')
        const was = await eventLog.at(
          ask.caller.companyId,
          ask.params.id ?? '',
          seq === undefined ? { time: Date.parse(time ?? '') } : { seq },
        )
        if (was === 'too-old')
          throw wrong(seq === undefined ? 'time' : 'seq', 'a moment the log still reaches')
        return { status: 200, body: found(was) }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/boards/{id}/sla-watch',
      id: 'watchBoardSlas',
      summary: 'Promises of the board that are broken or may be',
      replies: { 200: SlaWatch },
      async handle(ask) {
        allow(ask, 'board-read', { own: false })
        const id = ask.params.id ?? ''
        const { seq } = found(await reading.boardHead(ask.caller.companyId, id))
        return { status: 200, body: found(await boardWatch.watch(ask.caller.companyId, id, seq)) }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/boards/{id}/policies',
      id: 'listBoardPolicies',
      summary: 'The policies that the board has had, newest first, with who set them and what they changed',
      query: Type.Object(
        {
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
          cursor: Type.Optional(
            Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: '`nextCursor` of the page before' }),
          ),
        },
        closed,
      ),
      replies: { 200: PolicyVersions },
      async handle(ask) {
        allow(ask, 'configure')
        const { cursor, limit } = ask.query
        const page = await deps.commands.read(ask.caller.companyId, (tx) =>
          boardPolicies(tx, {
            boardId: ask.params.id ?? '',
            before: cursor === undefined ? null : Number(cursor),
            limit: limit ?? 50,
          }),
        )
        return { status: 200, body: found(page) }
      },
    }),
    endpoint({
      tag: 'reports',
      method: 'GET',
      path: '/reports/sla',
      id: 'reportSlas',
      summary: 'Promises kept and broken, of clocks started in the span',
      shed: 'history',
      query: ReportQuery,
      replies: { 200: SlaReport },
      async handle(ask): Promise<Answer> {
        allow(ask, 'sla-statistics')
        const span = { from: Date.parse(ask.query.from), to: Date.parse(ask.query.to) }
        if (span.from >= span.to) throw wrong('to', 'an instant after from')
        const groupBy = [...new Set(ask.query.groupBy?.split(',') ?? [])]
        return {
          status: 200,
          body: await reading.slaReport(ask.caller.companyId, span, groupBy, ask.session.companyTimeZone),
        }
      },
    }),
  ]
}
