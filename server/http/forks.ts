/** What-if forks: a board to try things on, compared with the real one and merged into it. */
import { Type } from 'typebox'
import { diffFork, forkSnapshot } from '../application/fork-board.ts'
import { forkView, openForks } from '../application/fork-rows.ts'
import { changeFork, createFork, discardFork, openedFork, runForkCommands } from '../application/forks.ts'
import { mergeFork } from '../application/merge-fork.ts'
import { requestOptimisation } from '../application/request-optimisation.ts'
import { ActivityAnswer, BoardCommandsBody } from '../contract/activity.ts'
import { closed } from '../contract/common.ts'
import {
  ForkChange,
  ForkCreate,
  ForkDiff,
  ForkMerge,
  ForkMerged,
  ForkSnapshot,
  ForkView,
} from '../contract/forks.ts'
import { OptimisationCreate, OptimisationView } from '../contract/planning.ts'
import { allow, found } from './allow.ts'
import { expectedVersion } from './command.ts'
import type { HttpDeps } from './deps.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'

const BULK_LIMIT = 1024 * 1024

export function forkEndpoints(deps: HttpDeps, { run }: Inside): readonly Endpoint[] {
  const { commands, planner, planningBoards: boards, records } = deps
  const tag = { tag: 'forks' } as const
  return [
    endpoint({
      ...tag,
      method: 'POST',
      path: '/boards/{id}/forks',
      id: 'createFork',
      summary: 'Open a what-if: the board as it is, and over it whatever is tried',
      command: 'new',
      body: ForkCreate,
      bodyOptional: true,
      replies: { 201: ForkView },
      refusals: [409],
      handle: (ask) => run(ask, (tx) => createFork(tx, { boardId: ask.params.id ?? '', body: ask.body })),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/boards/{id}/forks',
      id: 'listForks',
      summary: 'Open what-ifs of a board, newest first',
      replies: { 200: Type.Object({ items: Type.Array(ForkView), nextCursor: Type.Null() }, closed) },
      async handle(ask) {
        allow(ask, 'optimise')
        const forks = await commands.read(ask.caller.companyId, async (tx) => {
          const id = ask.params.id ?? ''
          return (await tx.boards([id])).has(id) ? openForks(tx, id) : null
        })
        return { status: 200, body: { items: found(forks).map(forkView), nextCursor: null } }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/forks/{id}',
      id: 'getFork',
      summary: 'The board as the fork has it',
      shed: 'snapshot',
      replies: { 200: ForkSnapshot },
      async handle(ask) {
        allow(ask, 'optimise')
        const body = found(
          await forkSnapshot(
            { commands, boards: deps.boards },
            { companyId: ask.caller.companyId, forkId: ask.params.id ?? '' },
          ),
        )
        return { status: 200, body, headers: { etag: `"${body.fork.version}"` } }
      },
    }),
    endpoint({
      ...tag,
      method: 'PATCH',
      path: '/forks/{id}',
      id: 'changeFork',
      summary: 'Change a what-if’s name, who is away in it, or by which policy it is planned',
      command: 'existing',
      body: ForkChange,
      replies: { 200: ForkView },
      refusals: [409, 412, 428],
      handle: (ask) =>
        run(ask, (tx) =>
          changeFork(tx, {
            forkId: ask.params.id ?? '',
            expectedVersion: expectedVersion(ask),
            body: ask.body,
          }),
        ),
    }),
    endpoint({
      ...tag,
      method: 'DELETE',
      path: '/forks/{id}',
      id: 'discardFork',
      summary: 'Put a what-if away',
      command: 'new',
      replies: { 200: ForkView },
      refusals: [409],
      handle: (ask) => run(ask, (tx) => discardFork(tx, { forkId: ask.params.id ?? '' })),
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/forks/{id}/commands',
      id: 'runForkCommands',
      summary: 'The board’s own commands, in the fork: all or nothing',
      command: 'new',
      body: BoardCommandsBody,
      bodyLimit: BULK_LIMIT,
      replies: {
        200: Type.Object({ results: Type.Array(ActivityAnswer) }, { $id: 'ForkCommandsAnswer', ...closed }),
      },
      refusals: [409, 412],
      handle: (ask) => run(ask, (tx) => runForkCommands(tx, { forkId: ask.params.id ?? '', ...ask.body })),
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/forks/{id}/optimisations',
      id: 'optimiseFork',
      summary: 'Plan the fork; the moves are put into it',
      shed: 'optimise',
      command: 'new',
      body: OptimisationCreate,
      bodyOptional: true,
      replies: { 202: OptimisationView },
      refusals: [409],
      handle: (ask) =>
        run(ask, async (tx) => {
          const fork = await openedFork(tx, ask.params.id ?? '')
          if ('refusal' in fork) return fork
          return requestOptimisation(tx, { boardId: fork.boardId, body: ask.body, forkId: fork.id })
        }),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/forks/{id}/diff',
      id: 'diffFork',
      summary: 'What differs from the board, and what it costs and gains',
      shed: 'optimise',
      replies: { 200: ForkDiff },
      async handle(ask) {
        allow(ask, 'optimise')
        const diff = await diffFork(
          { commands, boards, planner },
          { companyId: ask.caller.companyId, forkId: ask.params.id ?? '' },
        )
        return { status: 200, body: found(diff) }
      },
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/forks/{id}/merge',
      id: 'mergeFork',
      summary:
        'Put the fork’s differences on the board, all or the chosen ones; each that cannot be is named',
      command: 'new',
      body: ForkMerge,
      bodyOptional: true,
      bodyLimit: BULK_LIMIT,
      replies: { 200: ForkMerged },
      refusals: [409],
      handle: (ask) =>
        run(ask, (tx) => {
          return mergeFork(tx, records, { forkId: ask.params.id ?? '', ...ask.body })
        }),
    }),
  ]
}
