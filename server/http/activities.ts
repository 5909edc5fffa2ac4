/** Activities: lists, records and acts; and a technician's own list. */
import { type TObject, Type } from 'typebox'
import { actOnActivity } from '../application/act-on-activity.ts'
import { createActivity } from '../application/create-activity.ts'
import { deleteActivity, updateActivity } from '../application/update-activity.ts'
import {
  ActivityAnswer,
  ActivityCreate,
  ActivityPatch,
  ActivityState,
  ActivityView,
  AssignBody,
  type BoardCommand,
  CloseBody,
  EmptyActBody,
  FieldStatusBody,
  PrioritiseBody,
  RescheduleBody,
} from '../contract/activity.ts'
import { closed, Id, InstantText } from '../contract/common.ts'
import { OrderView } from '../contract/order.ts'
import { listOf } from '../contract/records.ts'
import { allow, seen } from './allow.ts'
import { expectedVersion } from './command.ts'
import type { HttpDeps } from './deps.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import type { Inside } from './endpoints.ts'
import { listing, listQuery, pageOf } from './lists.ts'
import { HttpProblem } from './problem.ts'

const ActivityListQuery = listQuery(['start', 'createdAt', 'number', 'type', 'priority'], {
  boardId: Type.Optional(Id),
  orderId: Type.Optional(Id),
  technicianId: Type.Optional(Id),
  teamId: Type.Optional(Id),
  state: Type.Optional(ActivityState),
  unassigned: Type.Optional(Type.Boolean()),
  undispatched: Type.Optional(Type.Boolean()),
  mine: Type.Optional(Type.Boolean({ description: 'Only the asker’s own' })),
  from: Type.Optional(InstantText),
  to: Type.Optional(InstantText),
})

/** A technician's day: own open work in order of start, with the orders it belongs to. */
const MyActivities = Type.Object(
  { items: Type.Array(ActivityView), orders: Type.Array(OrderView) },
  { $id: 'MyActivities', ...closed },
)

type ActType = BoardCommand['type']
/** An act without what names its activity: the command's own facts. */
type Act = BoardCommand extends infer C
  ? C extends BoardCommand
    ? Omit<C, 'activityId' | 'expectedVersion'>
    : never
  : never

const tag = { tag: 'activities' } as const

export function activityEndpoints({ reading }: HttpDeps, { run }: Inside): readonly Endpoint[] {
  const act = (type: ActType, id: string, summary: string, body: TObject, bodyOptional: boolean): Endpoint =>
    endpoint({
      ...tag,
      method: 'POST',
      path: `/activities/{id}/${type}`,
      id,
      summary,
      command: 'existing',
      body,
      bodyOptional,
      replies: { 200: ActivityAnswer },
      handle: (ask) => {
        const expected = expectedVersion(ask)
        const { expectedVersion: _expected, strict, ...facts } = ask.body as Record<string, unknown>
        return run(ask, (tx) =>
          actOnActivity(tx, {
            activityId: ask.params.id ?? '',
            expectedVersion: expected,
            // Each body schema has exactly the members of its act, so type and facts together are that act.
            act: { type, ...facts } as Act,
            ...(strict === true ? { strict } : {}),
          }),
        )
      },
    })

  return [
    endpoint({
      ...tag,
      method: 'GET',
      path: '/activities',
      id: 'listActivities',
      summary: 'Activities by start; those without a time come last',
      query: ActivityListQuery,
      replies: { 200: listOf(ActivityView) },
      async handle(ask) {
        allow(ask, 'board-read')
        const { limit: _l, cursor: _c, sort: _s, mine, ...filters } = ask.query
        if (mine && ask.caller.technicianId === null)
          return { status: 200, body: { items: [], nextCursor: null } }
        const own = mine && ask.caller.technicianId !== null ? { technicianId: ask.caller.technicianId } : {}
        return {
          status: 200,
          body: await listing(() =>
            reading.activities(ask.caller, { ...pageOf(ask.query), ...filters, ...own }),
          ),
        }
      },
    }),
    endpoint({
      ...tag,
      method: 'POST',
      path: '/activities',
      id: 'createActivity',
      summary: 'Add an activity to an order',
      command: 'new',
      body: ActivityCreate,
      replies: { 201: ActivityAnswer },
      handle: (ask) => run(ask, (tx) => createActivity(tx, ask.body)),
    }),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/activities/{id}',
      id: 'getActivity',
      summary: 'One activity',
      replies: { 200: ActivityView },
      async handle(ask) {
        allow(ask, 'board-read')
        const activity = seen(await reading.activity(ask.caller, ask.params.id ?? ''))
        return { status: 200, body: activity, headers: { etag: `"${activity.version}"` } }
      },
    }),
    endpoint({
      ...tag,
      method: 'PATCH',
      path: '/activities/{id}',
      id: 'updateActivity',
      summary: 'Change what an activity needs',
      command: 'existing',
      body: ActivityPatch,
      replies: { 200: ActivityAnswer },
      handle: (ask) => {
        const expected = expectedVersion(ask)
        const { expectedVersion: _expected, strict: _strict, ...patch } = ask.body
        return run(ask, (tx) =>
          updateActivity(tx, { activityId: ask.params.id ?? '', expectedVersion: expected, patch }),
        )
      },
    }),
    endpoint({
      ...tag,
      method: 'DELETE',
      path: '/activities/{id}',
      id: 'deleteActivity',
      summary: 'Delete an activity',
      command: 'existing',
      replies: { 204: null },
      handle: (ask) => {
        const expected = expectedVersion(ask)
        return run(ask, (tx) =>
          deleteActivity(tx, { activityId: ask.params.id ?? '', expectedVersion: expected }),
        )
      },
    }),
    act('assign', 'assignActivity', 'Give it to a technician, or to nobody', AssignBody, false),
    act('reschedule', 'rescheduleActivity', 'Give it another time', RescheduleBody, false),
    act('dispatch', 'dispatchActivity', 'Tell the technician', EmptyActBody, true),
    act('recall', 'recallActivity', 'Take it back from the technician', EmptyActBody, true),
    act('prioritise', 'prioritiseActivity', 'Change its priority', PrioritiseBody, false),
    act('lock', 'lockActivity', 'Keep it where it is', EmptyActBody, true),
    act('unlock', 'unlockActivity', 'Let planning move it again', EmptyActBody, true),
    act('close', 'closeActivity', 'It is finished', CloseBody, true),
    act('reopen', 'reopenActivity', 'It is not finished after all', EmptyActBody, true),
    act('field-status', 'setActivityFieldStatus', 'How far the technician is', FieldStatusBody, false),
    endpoint({
      ...tag,
      method: 'GET',
      path: '/my/activities',
      id: 'listMyActivities',
      summary: 'A technician’s own open work, in order of start',
      replies: { 200: MyActivities },
      refusals: [403],
      async handle({ caller }) {
        if (caller.technicianId === null) throw new HttpProblem('FORBIDDEN_ROLE', { role: caller.role })
        return { status: 200, body: await reading.myActivities(caller, caller.technicianId) }
      },
    }),
  ]
}
