/** Planning: runs, proposals, candidates and reasons; and the fate of commands. */
import { Type } from 'typebox'
import { applyProposal } from '../application/apply-proposal.ts'
import { candidatesFor, decisionsAbout, explanationFor } from '../application/propose-candidates.ts'
import {
  cancelOptimisation,
  discardProposal,
  openProposals,
  optimisationView,
  proposalView,
  requestOptimisation,
} from '../application/request-optimisation.ts'
import { closed, Id } from '../contract/common.ts'
import {
  Candidates,
  DroppedMove,
  Explanation,
  OptimisationCreate,
  OptimisationView,
  ProposalApply,
  ProposalView,
  StoredDecision,
} from '../contract/planning.ts'
import { CommandRecord } from '../contract/reading.ts'
import { allow, found, seen } from './allow.ts'
import { answerOf, commandRequest } from './command.ts'
import type { HttpDeps } from './deps.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'

const ProposalApplied = Type.Object(
  { proposalId: Id, optimisationId: Id, applied: Type.Integer(), dropped: Type.Array(DroppedMove) },
  { $id: 'ProposalApplied', ...closed },
)

export function planningEndpoints(deps: HttpDeps, { run, metrics }: Inside): readonly Endpoint[] {
  const { boardWatch, commands, planner, planningBoards: boards, reading } = deps
  const tag = { tag: 'planning' } as const
  const run202 = { 202: OptimisationView }
  return [
    endpoint({
      ...tag,
      method: 'POST',
      path: '/boards/{id}/optimisations',
      id: 'requestOptimisation',
      summary: 'Ask for a plan',
      shed: 'optimise',
      command: 'new',
      body: OptimisationCreate,
      bodyOptional: true,
      replies: run202,
      handle: (ask) =>
        run(ask, (tx) => requestOptimisation(tx, { boardId: ask.params.id ?? '', body: ask.body })),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/optimisations/{id}',
      id: 'getOptimisation',
      summary: 'How far a planning run is, and what it led to',
      replies: { 200: OptimisationView },
      async handle(ask) {
        allow(ask, 'optimise')
        const view = await commands.read(ask.caller.companyId, (tx) =>
          optimisationView(tx, ask.params.id ?? ''),
        )
        return { status: 200, body: found(view) }
      },
    }),
    endpoint({
      ...tag,
      method: 'DELETE',
      path: '/optimisations/{id}',
      id: 'deleteOptimisation',
      summary: 'Call a planning run off',
      command: 'new',
      replies: { 200: OptimisationView },
      handle: (ask) => run(ask, (tx) => cancelOptimisation(tx, { optimisationId: ask.params.id ?? '' })),
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/optimisations/{id}/cancel',
      id: 'cancelOptimisation',
      summary: 'Call a planning run off',
      command: 'new',
      replies: { 200: OptimisationView },
      handle: (ask) => run(ask, (tx) => cancelOptimisation(tx, { optimisationId: ask.params.id ?? '' })),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/proposals',
      id: 'listProposals',
      summary: 'Open proposals of a board, newest first',
      query: Type.Object({ boardId: Id, status: Type.Optional(Type.Union([Type.Literal('open')])) }, closed),
      replies: { 200: Type.Object({ items: Type.Array(ProposalView), nextCursor: Type.Null() }, closed) },
      async handle(ask) {
        allow(ask, 'optimise')
        const items = await commands.read(ask.caller.companyId, (tx) => openProposals(tx, ask.query.boardId))
        return { status: 200, body: { items, nextCursor: null } }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/proposals/{id}',
      id: 'getProposal',
      summary: 'One proposal with its moves',
      replies: { 200: ProposalView },
      async handle(ask) {
        allow(ask, 'optimise')
        const view = await commands.read(ask.caller.companyId, (tx) => proposalView(tx, ask.params.id ?? ''))
        return { status: 200, body: found(view) }
      },
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/proposals/{id}/apply',
      id: 'applyProposal',
      summary: 'Put a proposal’s moves on the board; those overtaken by others are dropped with their reason',
      command: 'new',
      body: ProposalApply,
      bodyOptional: true,
      bodyLimit: 1024 * 1024,
      replies: { 200: ProposalApplied },
      async handle(ask) {
        const { activityIds } = ask.body
        const answer = await applyProposal(
          { commands },
          {
            ...commandRequest(ask, ask.body),
            proposalId: ask.params.id ?? '',
            ...(activityIds === undefined ? {} : { activityIds }),
          },
        )
        return answerOf(answer, metrics)
      },
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/proposals/{id}/discard',
      id: 'discardProposal',
      summary: 'Put a proposal away',
      command: 'new',
      replies: { 200: ProposalView },
      handle: (ask) => run(ask, (tx) => discardProposal(tx, { proposalId: ask.params.id ?? '' })),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/activities/{id}/candidates',
      id: 'listCandidates',
      summary: 'Who could do it and when, best first, with costs and refusals',
      shed: 'optimise',
      query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }, closed),
      replies: { 200: Candidates },
      async handle(ask) {
        allow(ask, 'optimise')
        const activityId = ask.params.id ?? ''
        const activity = seen(await reading.activity(ask.caller, activityId))
        const answer = await candidatesFor(
          { commands, boards, planner },
          { companyId: ask.caller.companyId, activityId, limit: ask.query.limit ?? 10 },
        )
        return {
          status: 200,
          body: await boardWatch.judge(ask.caller.companyId, activity, found(answer)),
        }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/activities/{id}/explanation',
      id: 'explainActivity',
      summary: 'Why it stands where it stands, and what blocks the others',
      shed: 'optimise',
      replies: { 200: Explanation },
      async handle(ask) {
        allow(ask, 'optimise')
        const activityId = ask.params.id ?? ''
        seen(await reading.activity(ask.caller, activityId))
        const answer = await explanationFor(
          { commands, boards, planner },
          { companyId: ask.caller.companyId, activityId },
        )
        return { status: 200, body: found(answer) }
      },
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/activities/{id}/decisions',
      id: 'listDecisions',
      summary: 'Every decision about its place, newest first, as it was explained when it was made',
      query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }, closed),
      replies: { 200: Type.Object({ items: Type.Array(StoredDecision), nextCursor: Type.Null() }, closed) },
      async handle(ask) {
        allow(ask, 'optimise')
        const activityId = ask.params.id ?? ''
        seen(await reading.activity(ask.caller, activityId))
        const items = await decisionsAbout(
          { commands },
          { companyId: ask.caller.companyId, activityId, limit: ask.query.limit ?? 20 },
        )
        return { status: 200, body: { items, nextCursor: null } }
      },
    }),
    endpoint({
      tag: 'commands',
      method: 'GET',
      path: '/commands/{key}',
      id: 'getCommand',
      summary: 'What became of one of the asker’s commands; 404 when none with this key committed',
      replies: { 200: CommandRecord },
      handle: async (ask) => ({
        status: 200,
        body: found(await reading.command(ask.caller, ask.params.key ?? '')),
      }),
    }),
  ]
}
