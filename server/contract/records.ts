/**
 * Master data over the wire: one description per collection, from which the view, the body that makes a record and
 * the body that changes one are derived.
 *
 * `id` and `version` belong to every record and are the server's. A field is optional when making a record unless it
 * is named in `required`; fields in `readOnly` are never accepted.
 */
import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import { WeekView } from './board.ts'
import {
  Code,
  closed,
  DateText,
  Id,
  InstantText,
  Name,
  Nullable,
  Place,
  Role,
  Skills,
  Text,
  TimeText,
  Version,
} from './common.ts'
import { AddressView } from './order.ts'
import { BoardPolicy } from './policy.ts'

export type RecordKind<P extends TProperties> = {
  readonly name: string
  readonly fields: P
  readonly required: readonly string[]
  readonly readOnly: readonly string[]
  readonly writeOnly: readonly string[]
  readonly View: ReturnType<typeof viewOf<P>>
  readonly Create: TSchema
  readonly Patch: TSchema
}

const viewOf = <P extends TProperties>(name: string, fields: P) =>
  Type.Object({ id: Id, version: Version, ...fields }, { $id: name, ...closed })

function kind<P extends TProperties>(
  name: string,
  fields: P,
  options: {
    required: readonly string[]
    readOnly?: readonly string[]
    writeOnly?: TProperties
    fixed?: readonly string[]
  },
): RecordKind<P> {
  const readOnly = options.readOnly ?? []
  const fixed = options.fixed ?? []
  const writable: [string, TSchema][] = [
    ...Object.entries(fields),
    ...Object.entries(options.writeOnly ?? {}),
  ].filter(([field]) => !readOnly.includes(field))
  const create = Object.fromEntries(
    writable.map(([field, schema]) => [
      field,
      options.required.includes(field) ? schema : Type.Optional(schema),
    ]),
  )
  const patch = Object.fromEntries(
    writable
      .filter(([field]) => !fixed.includes(field))
      .map(([field, schema]) => [field, Type.Optional(schema)]),
  )
  return {
    name,
    fields,
    required: options.required,
    readOnly,
    writeOnly: Object.keys(options.writeOnly ?? {}),
    View: viewOf(name, fields),
    Create: Type.Object(create, { $id: `${name}Create`, ...closed }),
    Patch: Type.Object(
      { ...patch, expectedVersion: Type.Optional(Version) },
      { $id: `${name}Patch`, ...closed, minProperties: 1 },
    ),
  }
}

const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' })
const Email = Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })
const Phone = Text(60)
const TimeZone = Type.String({ format: 'time-zone', maxLength: 60, description: 'IANA time zone' })
const LimitPart = Type.Integer({ minimum: 0, maximum: 100_000 })
export const Limit = Type.Object(
  { days: LimitPart, hours: LimitPart, minutes: LimitPart },
  { $id: 'Limit', ...closed },
)
const Money = Type.Number({ minimum: -1_000_000_000, maximum: 1_000_000_000 })

export const Absence = Type.Object(
  { from: InstantText, to: InstantText, reason: Text(200) },
  { $id: 'Absence', ...closed },
)

export const CalendarExceptionView = Type.Object(
  {
    date: DateText,
    state: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('base')]),
    hours: Type.Optional(Type.Array(Type.Object({ from: TimeText, to: TimeText }, closed), { maxItems: 10 })),
  },
  { $id: 'CalendarException', ...closed },
)

export const kinds = {
  customers: kind(
    'Customer',
    {
      code: Nullable(Code),
      name: Name,
      address: Nullable(AddressView),
      phone: Nullable(Phone),
      email: Nullable(Email),
      currency: Currency,
      priceGroup: Nullable(Text(40)),
    },
    { required: ['name'] },
  ),
  projects: kind(
    'Project',
    {
      code: Nullable(Code),
      name: Name,
      customerId: Id,
      type: Type.Union([
        Type.Literal('timeAndMaterial'),
        Type.Literal('fixedPrice'),
        Type.Literal('internal'),
        Type.Literal('investment'),
        Type.Literal('cost'),
        Type.Literal('time'),
      ]),
      address: Nullable(AddressView),
      currency: Currency,
    },
    { required: ['name', 'customerId'], fixed: ['customerId'] },
  ),
  items: kind(
    'Item',
    {
      code: Code,
      name: Name,
      unit: Type.String({ minLength: 1, maxLength: 20 }),
      kind: Type.Union([Type.Literal('item'), Type.Literal('bom'), Type.Literal('service')]),
      cost: Money,
      price: Money,
    },
    { required: ['code', 'name'] },
  ),
  teams: kind(
    'Team',
    { code: Code, description: Text(200), boardId: Nullable(Id), ownerTechnicianId: Nullable(Id) },
    { required: ['code'] },
  ),
  technicians: kind(
    'Technician',
    {
      code: Nullable(Code),
      name: Name,
      kind: Type.Union([Type.Literal('employee'), Type.Literal('contractor')]),
      active: Type.Boolean(),
      teamId: Nullable(Id),
      calendarId: Nullable(Id),
      skills: Skills,
      home: Nullable(Place),
      absences: Type.Array(Absence, { maxItems: 200 }),
      /** Null goes by the board's policy. */
      travelProfile: Nullable(Type.Union([Type.Literal('car'), Type.Literal('bike'), Type.Literal('foot')])),
      phone: Nullable(Phone),
      email: Nullable(Email),
    },
    { required: ['name'] },
  ),
  boards: kind(
    'Board',
    {
      name: Name,
      timeZone: TimeZone,
      policy: BoardPolicy,
      epoch: Type.String(),
      seq: Type.Integer({ minimum: 0 }),
      policyVersion: Type.Integer({ minimum: 1 }),
    },
    { required: ['name'], readOnly: ['epoch', 'seq', 'policyVersion'] },
  ),
  calendars: kind(
    'Calendar',
    {
      code: Code,
      name: Name,
      timeZone: TimeZone,
      baseCalendarId: Nullable(Id),
      standardWorkDayHours: Type.Number({ exclusiveMinimum: 0, maximum: 24 }),
      week: WeekView,
      exceptions: Type.Array(CalendarExceptionView, { maxItems: 1000 }),
    },
    { required: ['code', 'name', 'timeZone', 'week'] },
  ),
  slas: kind(
    'Sla',
    {
      code: Code,
      description: Text(200),
      days: LimitPart,
      hours: LimitPart,
      minutes: LimitPart,
      respond: Nullable(Limit),
      arrive: Nullable(Limit),
      calendarId: Nullable(Id),
      clockMode: Type.Union([Type.Literal('wall'), Type.Literal('working'), Type.Literal('days')]),
      startAlignment: Type.Union([Type.Literal('none'), Type.Literal('open'), Type.Literal('after-hours')]),
      suspended: Type.Boolean(),
    },
    { required: ['code'] },
  ),
  'agreement-groups': kind(
    'AgreementGroup',
    {
      code: Code,
      description: Text(200),
      slaId: Nullable(Id),
      weight: Type.Number({ minimum: 0, maximum: 1000 }),
    },
    { required: ['code'] },
  ),
  agreements: kind(
    'Agreement',
    {
      code: Code,
      description: Text(1000),
      projectId: Id,
      customerId: Id,
      groupId: Id,
      startDate: DateText,
      endDate: Nullable(DateText),
      slaId: Nullable(Id),
      suspended: Type.Boolean(),
      isTemplate: Type.Boolean(),
      responsibleTechnicianId: Nullable(Id),
      preferredTechnicianId: Nullable(Id),
    },
    { required: ['code', 'projectId', 'startDate'], readOnly: ['customerId'] },
  ),
  stages: kind(
    'Stage',
    {
      code: Code,
      description: Text(200),
      parentStageId: Nullable(Id),
      canModify: Type.Boolean(),
      canDelete: Type.Boolean(),
      canCancel: Type.Boolean(),
      canPost: Type.Boolean(),
      requiresReason: Type.Boolean(),
      stopsTimeRecording: Type.Boolean(),
      allowedRoles: Type.Array(Role, { maxItems: 6, uniqueItems: true }),
    },
    { required: ['code'] },
  ),
  'reason-codes': kind('ReasonCode', { code: Code, description: Text(200) }, { required: ['code'] }),
  'activity-types': kind(
    'ActivityType',
    {
      code: Code,
      description: Text(200),
      shortName: Nullable(Text(40)),
      defaultMinutes: Type.Integer({ minimum: 1, maximum: 60 * 24 * 14 }),
      requiredSkills: Skills,
    },
    { required: ['code'] },
  ),
  users: kind(
    'User',
    {
      email: Email,
      name: Name,
      role: Role,
      technicianId: Nullable(Id),
      customerId: Nullable(Id),
      monitoredTeamIds: Type.Array(Id, { maxItems: 200, uniqueItems: true }),
      active: Type.Boolean(),
      language: Type.Union([Type.Literal('en'), Type.Literal('fr')]),
    },
    {
      required: ['email', 'name', 'role', 'password'],
      writeOnly: { password: Type.String({ minLength: 10, maxLength: 256, description: 'Never answered' }) },
    },
  ),
} as const

export type CollectionName = keyof typeof kinds
export const collectionNames = Object.keys(kinds) as readonly CollectionName[]

/** Any record as the generic engine handles it: its identity, and fields that its schema has checked. */
export type AnyRecord = { readonly id: string; readonly version: number } & Readonly<Record<string, unknown>>

export type CustomerView = Static<typeof kinds.customers.View>
export type ProjectView = Static<typeof kinds.projects.View>
export type TeamView = Static<typeof kinds.teams.View>
export type TechnicianRecord = Static<typeof kinds.technicians.View>
export type BoardRecord = Static<typeof kinds.boards.View>
export type CalendarView = Static<typeof kinds.calendars.View>
export type SlaView = Static<typeof kinds.slas.View>
export type AgreementGroupView = Static<(typeof kinds)['agreement-groups']['View']>
export type AgreementView = Static<typeof kinds.agreements.View>
export type StageView = Static<typeof kinds.stages.View>
export type ReasonCodeView = Static<(typeof kinds)['reason-codes']['View']>
export type ActivityTypeView = Static<(typeof kinds)['activity-types']['View']>
export type UserView = Static<typeof kinds.users.View>

export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) }, closed)

export const ParametersView = Type.Object(
  {
    version: Version,
    timeZone: TimeZone,
    allowWithoutAgreement: Type.Boolean(),
    reasonOnCancel: Type.Boolean(),
    reasonOnExceed: Type.Boolean(),
    technicianCanPost: Type.Boolean(),
    signOffRequired: Type.Union([Type.Literal('none'), Type.Literal('order'), Type.Literal('line')]),
    createActivityRule: Type.Union([Type.Literal('never'), Type.Literal('prompt'), Type.Literal('always')]),
    activityGenerationStageId: Nullable(Id),
    defaultAgreementGroupId: Nullable(Id),
    defaultBoardId: Nullable(Id),
    calendarId: Nullable(Id),
    slaWarnPercent: Type.Array(Type.Integer({ minimum: 1, maximum: 1000 }), {
      maxItems: 10,
      uniqueItems: true,
    }),
    attachSlaToGenerated: Type.Boolean(),
    dispatchColorHigh: Type.String({ pattern: '^#[0-9A-Fa-f]{6}$' }),
    dispatchColorNormal: Type.String({ pattern: '^#[0-9A-Fa-f]{6}$' }),
    dispatchColorLow: Type.String({ pattern: '^#[0-9A-Fa-f]{6}$' }),
    dispatchDaysBefore: Type.Integer({ minimum: 0, maximum: 366 }),
    dispatchDaysAfter: Type.Integer({ minimum: 0, maximum: 366 }),
  },
  { $id: 'Parameters', ...closed },
)
export type ParametersView = Static<typeof ParametersView>

const { version: _version, ...writableParameters } = ParametersView.properties
/** `PUT` takes the members to set; those left out keep their value. */
export const ParametersPut = Type.Object(
  {
    ...Object.fromEntries(
      Object.entries(writableParameters).map(([name, schema]) => [name, Type.Optional(schema as TSchema)]),
    ),
    expectedVersion: Type.Optional(Version),
  },
  { $id: 'ParametersPut', ...closed, minProperties: 1 },
)
