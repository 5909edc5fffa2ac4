/** The activity as clients, Redis, events and replay see it: the full state, never a difference. */
import { type Static, Type } from 'typebox'
import type { Activity } from '../domain/activity/activity.ts'
import { closed, DayWindow, Id, InstantText, Nullable, Place, Priority, Skills, Version } from './common.ts'

export const ActivityState = Type.Union([
  Type.Literal('undispatched'),
  Type.Literal('dispatched'),
  Type.Literal('closed'),
])
export const FieldStatus = Type.Union([
  Type.Literal('none'),
  Type.Literal('received'),
  Type.Literal('seen'),
  Type.Literal('accepted'),
  Type.Literal('declined'),
  Type.Literal('travelling'),
  Type.Literal('onSite'),
  Type.Literal('done'),
])

/** Starts at least, and at most, so long after the end of another activity of the board; null: any time later. */
const StartsAfter = Type.Object(
  {
    activityId: Id,
    minutesMin: Type.Integer({ minimum: 0, maximum: 60 * 24 * 14 }),
    minutesMax: Nullable(Type.Integer({ minimum: 0, maximum: 60 * 24 * 14 })),
  },
  closed,
)
const Excluded = Type.Array(Id, {
  maxItems: 100,
  uniqueItems: true,
  description: 'Technicians who must not be sent; an empty list rules nobody out',
})
const Links = {
  startsWith: Type.Optional(
    Type.Union([Id, Type.Null()], {
      description: 'Two technicians at one visit: the other activity of the pair',
    }),
  ),
  startsAfter: Type.Optional(Nullable(StartsAfter)),
}

export const ActivityView = Type.Object(
  {
    id: Id,
    version: Version,
    number: Type.String(),
    boardId: Id,
    orderId: Id,
    orderLineId: Nullable(Id),
    typeId: Nullable(Id),
    teamId: Nullable(Id),
    technicianId: Nullable(Id),
    start: Nullable(InstantText),
    end: Nullable(InstantText),
    durationMinutes: Type.Integer({ minimum: 1 }),
    state: ActivityState,
    fieldStatus: FieldStatus,
    priority: Priority,
    locked: Type.Boolean(),
    requiredSkills: Skills,
    earliestStart: Nullable(InstantText),
    latestEnd: Nullable(InstantText),
    windows: Type.Array(DayWindow),
    preferredTechnicianId: Nullable(Id),
    excludedTechnicianIds: Type.Optional(Type.Array(Id)),
    place: Nullable(Place),
    startsWith: Type.Optional(Nullable(Id)),
    startsAfter: Type.Optional(Nullable(StartsAfter)),
    blocking: Type.Boolean(),
    humanTouchedAt: Nullable(InstantText),
    createdAt: InstantText,
    closedAt: Nullable(InstantText),
    closedBy: Nullable(Id),
    closedCause: Nullable(Type.String()),
  },
  { $id: 'Activity', ...closed },
)
export type ActivityView = Static<typeof ActivityView>

const text = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())
const instant = (at: string | null): number | null => (at === null ? null : Date.parse(at))

export function activityView(a: Activity): ActivityView {
  const {
    companyId: _companyId,
    start,
    end,
    earliestStart,
    latestEnd,
    humanTouchedAt,
    createdAt,
    closedAt,
    excludedTechnicianIds,
    ...same
  } = a
  return {
    ...same,
    requiredSkills: [...a.requiredSkills],
    windows: [...a.windows],
    ...(excludedTechnicianIds?.length ? { excludedTechnicianIds: [...excludedTechnicianIds] } : {}),
    start: text(start),
    end: text(end),
    earliestStart: text(earliestStart),
    latestEnd: text(latestEnd),
    humanTouchedAt: text(humanTouchedAt),
    createdAt: new Date(createdAt).toISOString(),
    closedAt: text(closedAt),
  }
}

export function activityOf(view: ActivityView, companyId: string): Activity {
  return {
    ...view,
    companyId,
    start: instant(view.start),
    end: instant(view.end),
    earliestStart: instant(view.earliestStart),
    latestEnd: instant(view.latestEnd),
    humanTouchedAt: instant(view.humanTouchedAt),
    createdAt: Date.parse(view.createdAt),
    closedAt: instant(view.closedAt),
    // The view's cause is written only by the server from the domain's own union.
    closedCause: view.closedCause as Activity['closedCause'],
  }
}

const Expected = { expectedVersion: Type.Optional(Version), strict: Type.Optional(Type.Boolean()) }

export const AssignBody = Type.Object(
  {
    technicianId: Nullable(Id),
    start: Type.Optional(InstantText),
    end: Type.Optional(InstantText),
    ...Expected,
  },
  closed,
)
export const RescheduleBody = Type.Object(
  { start: InstantText, end: InstantText, technicianId: Type.Optional(Nullable(Id)), ...Expected },
  closed,
)
export const EmptyActBody = Type.Object({ ...Expected }, closed)
export const PrioritiseBody = Type.Object({ priority: Priority, ...Expected }, closed)
export const FieldStatusBody = Type.Object({ fieldStatus: FieldStatus, ...Expected }, closed)
export const CloseBody = Type.Object(
  { note: Type.Optional(Type.String({ maxLength: 2000 })), ...Expected },
  closed,
)

export const ActivityCreate = Type.Object(
  {
    orderId: Id,
    boardId: Id,
    typeId: Type.Optional(Nullable(Id)),
    technicianId: Type.Optional(Nullable(Id)),
    start: Type.Optional(Nullable(InstantText)),
    end: Type.Optional(Nullable(InstantText)),
    durationMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 * 24 * 14 })),
    priority: Type.Optional(Priority),
    locked: Type.Optional(Type.Boolean()),
    requiredSkills: Type.Optional(Skills),
    earliestStart: Type.Optional(Nullable(InstantText)),
    latestEnd: Type.Optional(Nullable(InstantText)),
    windows: Type.Optional(Type.Array(DayWindow, { maxItems: 10 })),
    preferredTechnicianId: Type.Optional(Nullable(Id)),
    excludedTechnicianIds: Type.Optional(Excluded),
    place: Type.Optional(Nullable(Place)),
    ...Links,
  },
  { $id: 'ActivityCreate', ...closed },
)
export type ActivityCreate = Static<typeof ActivityCreate>

export const ActivityPatch = Type.Object(
  {
    typeId: Type.Optional(Nullable(Id)),
    durationMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 * 24 * 14 })),
    priority: Type.Optional(Priority),
    requiredSkills: Type.Optional(Skills),
    earliestStart: Type.Optional(Nullable(InstantText)),
    latestEnd: Type.Optional(Nullable(InstantText)),
    windows: Type.Optional(Type.Array(DayWindow, { maxItems: 10 })),
    preferredTechnicianId: Type.Optional(Nullable(Id)),
    excludedTechnicianIds: Type.Optional(Excluded),
    place: Type.Optional(Nullable(Place)),
    ...Links,
    ...Expected,
  },
  { $id: 'ActivityPatch', ...closed, minProperties: 1 },
)
export type ActivityPatch = Static<typeof ActivityPatch>

const Ref = { activityId: Id, expectedVersion: Version }
/** One entry of `POST /boards/{id}/commands`: the act's own body with its type, its activity and the version it was based on. */
export const BoardCommand = Type.Union([
  Type.Object(
    {
      type: Type.Literal('assign'),
      ...Ref,
      technicianId: Nullable(Id),
      start: Type.Optional(InstantText),
      end: Type.Optional(InstantText),
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal('reschedule'),
      ...Ref,
      start: InstantText,
      end: InstantText,
      technicianId: Type.Optional(Nullable(Id)),
    },
    closed,
  ),
  Type.Object({ type: Type.Literal('dispatch'), ...Ref }, closed),
  Type.Object({ type: Type.Literal('recall'), ...Ref }, closed),
  Type.Object({ type: Type.Literal('prioritise'), ...Ref, priority: Priority }, closed),
  Type.Object({ type: Type.Literal('lock'), ...Ref }, closed),
  Type.Object({ type: Type.Literal('unlock'), ...Ref }, closed),
  Type.Object({ type: Type.Literal('close'), ...Ref }, closed),
  Type.Object({ type: Type.Literal('reopen'), ...Ref }, closed),
  Type.Object({ type: Type.Literal('field-status'), ...Ref, fieldStatus: FieldStatus }, closed),
])
export type BoardCommand = Static<typeof BoardCommand>

export const BoardCommandsBody = Type.Object(
  {
    commands: Type.Array(BoardCommand, { minItems: 1, maxItems: 500 }),
    strict: Type.Optional(Type.Boolean()),
  },
  { $id: 'BoardCommands', ...closed },
)
export type BoardCommandsBody = Static<typeof BoardCommandsBody>

export const PlanWarning = Type.Object(
  { kind: Type.String(), activityId: Type.Optional(Id), facts: Type.Optional(Type.Unknown()) },
  { $id: 'PlanWarning', additionalProperties: true },
)
/** Answer of every act on one activity: its new state and what the plan now breaks. */
export const ActivityAnswer = Type.Object(
  { ...ActivityView.properties, warnings: Type.Array(PlanWarning) },
  { $id: 'ActivityAnswer', ...closed },
)
export type ActivityAnswer = Static<typeof ActivityAnswer>
