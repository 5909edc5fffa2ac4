/** The order as clients, boards and replay see it. */
import { type Static, Type } from 'typebox'
import { closed, Id, InstantText, Nullable, Priority, Skills, Text, Version } from './common.ts'

export const AddressView = Type.Object(
  {
    name: Type.Optional(Text(200)),
    street: Type.Optional(Text(200)),
    zip: Type.Optional(Text(20)),
    city: Type.Optional(Text(120)),
    country: Type.Optional(Text(80)),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    oneTime: Type.Optional(Type.Boolean()),
  },
  { $id: 'Address', ...closed },
)

export const SlaStatus = Type.Union([
  Type.Literal('none'),
  Type.Literal('started'),
  Type.Literal('stopped'),
  Type.Literal('canceled'),
])
export const TargetKind = Type.Union([
  Type.Literal('respond'),
  Type.Literal('arrive'),
  Type.Literal('complete'),
])

/** One promise of an order. `dueAt` is absent (null) while the clock is stopped; `reachedAt` is when it was fulfilled. */
export const OrderSla = Type.Object(
  {
    target: TargetKind,
    slaId: Id,
    status: SlaStatus,
    startedAt: Nullable(InstantText),
    dueAt: Nullable(InstantText),
    reachedAt: Nullable(InstantText),
    limitMinutes: Type.Number(),
    /** Recorded time at the moment this view was made; it grows while the clock runs. */
    recordedMinutes: Type.Number(),
    /** Per cent of the limit, two decimals, at the moment this view was made. */
    compliance: Type.Number(),
  },
  { $id: 'OrderSla', ...closed },
)
export type OrderSla = Static<typeof OrderSla>

const TransactionType = Type.Union([
  Type.Literal('hour'),
  Type.Literal('expense'),
  Type.Literal('item'),
  Type.Literal('fee'),
])

export const OrderLineView = Type.Object(
  {
    id: Id,
    lineNum: Type.Integer(),
    transactionType: TransactionType,
    status: Type.Union([Type.Literal('created'), Type.Literal('canceled'), Type.Literal('posted')]),
    description: Type.String(),
    qty: Type.Number(),
    technicianId: Nullable(Id),
    itemId: Nullable(Id),
    typeId: Nullable(Id),
    requiredSkills: Skills,
    earliestStart: Nullable(InstantText),
    latestEnd: Nullable(InstantText),
    signedOff: Type.Boolean(),
  },
  { $id: 'OrderLine', ...closed },
)

export const OrderView = Type.Object(
  {
    id: Id,
    version: Version,
    number: Type.String(),
    externalId: Nullable(Type.String()),
    description: Type.String(),
    customerId: Nullable(Id),
    customerName: Nullable(Type.String()),
    projectId: Nullable(Id),
    agreementId: Nullable(Id),
    agreementGroupId: Nullable(Id),
    serviceDateTime: InstantText,
    stageId: Id,
    progress: Type.Union([Type.Literal('inProcess'), Type.Literal('posted'), Type.Literal('canceled')]),
    priority: Priority,
    address: Nullable(AddressView),
    preferredTechnicianId: Nullable(Id),
    signedOff: Type.Boolean(),
    signedOffAt: Nullable(InstantText),
    origin: Type.Union([Type.Literal('system'), Type.Literal('user'), Type.Literal('web')]),
    createdAt: InstantText,
    slaStatus: SlaStatus,
    slas: Type.Array(OrderSla),
    lines: Type.Array(OrderLineView),
  },
  { $id: 'Order', ...closed },
)
export type OrderView = Static<typeof OrderView>

export const OrderLineCreate = Type.Object(
  {
    transactionType: TransactionType,
    description: Type.Optional(Text(1000)),
    qty: Type.Number({ exclusiveMinimum: 0, maximum: 100000 }),
    technicianId: Type.Optional(Nullable(Id)),
    itemId: Type.Optional(Nullable(Id)),
    typeId: Type.Optional(Nullable(Id)),
    requiredSkills: Type.Optional(Skills),
    earliestStart: Type.Optional(Nullable(InstantText)),
    latestEnd: Type.Optional(Nullable(InstantText)),
  },
  { $id: 'OrderLineCreate', ...closed },
)
export type OrderLineCreate = Static<typeof OrderLineCreate>

export const OrderCreate = Type.Object(
  {
    description: Text(1000),
    externalId: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 120 }))),
    customerId: Type.Optional(Nullable(Id)),
    projectId: Type.Optional(Nullable(Id)),
    agreementId: Type.Optional(Nullable(Id)),
    serviceDateTime: Type.Optional(InstantText),
    priority: Type.Optional(Priority),
    address: Type.Optional(Nullable(AddressView)),
    preferredTechnicianId: Type.Optional(Nullable(Id)),
    lines: Type.Optional(Type.Array(OrderLineCreate, { maxItems: 100 })),
  },
  { $id: 'OrderCreate', ...closed },
)
export type OrderCreate = Static<typeof OrderCreate>

export const OrderPatch = Type.Object(
  {
    description: Type.Optional(Text(1000)),
    externalId: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 120 }))),
    customerId: Type.Optional(Nullable(Id)),
    projectId: Type.Optional(Nullable(Id)),
    agreementId: Type.Optional(Nullable(Id)),
    serviceDateTime: Type.Optional(InstantText),
    priority: Type.Optional(Priority),
    address: Type.Optional(Nullable(AddressView)),
    preferredTechnicianId: Type.Optional(Nullable(Id)),
    expectedVersion: Type.Optional(Version),
  },
  { $id: 'OrderPatch', ...closed, minProperties: 1 },
)
export type OrderPatch = Static<typeof OrderPatch>

const Expected = { expectedVersion: Type.Optional(Version) }
const Reason = { reasonId: Type.Optional(Id), note: Type.Optional(Text(2000)) }
export const ChangeStageBody = Type.Object({ stageId: Id, ...Reason, ...Expected }, closed)
export const ReasonedBody = Type.Object({ ...Reason, ...Expected }, closed)
export const SlaActBody = Type.Object({ at: Type.Optional(InstantText), ...Reason, ...Expected }, closed)

/** `GET /orders/{id}/sla`: the contract arithmetic, laid open. */
export const OrderSlaSum = Type.Object(
  {
    orderId: Id,
    status: SlaStatus,
    targets: Type.Array(
      Type.Object({
        ...OrderSla.properties,
        intervals: Type.Array(
          Type.Object({
            from: InstantText,
            to: Nullable(InstantText),
            kind: Type.Union([Type.Literal('counted'), Type.Literal('closed'), Type.Literal('stopped')]),
            minutes: Type.Number(),
            reasonId: Nullable(Id),
          }),
        ),
      }),
    ),
    records: Type.Array(
      Type.Object({
        startAt: InstantText,
        endAt: Nullable(InstantText),
        startSource: Type.String(),
        endSource: Nullable(Type.String()),
        reasonId: Nullable(Id),
      }),
    ),
  },
  { $id: 'OrderSlaSum', additionalProperties: false },
)
export type OrderSlaSum = Static<typeof OrderSlaSum>
