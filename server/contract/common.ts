/** Shapes shared by everything that crosses a process. Instants on the wire are ISO 8601 with an offset. */
import { type Static, type TSchema, Type } from 'typebox'

export const Id = Type.String({
  minLength: 1,
  maxLength: 40,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'Identity, made by the server',
})
/** Written with an offset (`Z` or `+02:00`); answers are always in UTC with `Z`. */
export const InstantText = Type.String({
  format: 'date-time',
  maxLength: 40,
  description: 'ISO 8601 instant with offset',
})
export const DateText = Type.String({
  format: 'date',
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'Calendar date, YYYY-MM-DD',
})
export const TimeText = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$',
  description: 'Local time, HH:MM',
})
export const Version = Type.Integer({
  minimum: 1,
  maximum: 9007199254740991,
  description: 'Grows by one with each change; the ETag is its quoted form',
})
export const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Unique code, compared without case',
})
export const Text = (max: number) => Type.String({ maxLength: max })
export const Name = Type.String({ minLength: 1, maxLength: 200 })
export const Priority = Type.Union([Type.Literal('high'), Type.Literal('normal'), Type.Literal('low')])
export const SkillLevel = Type.Object(
  { skill: Type.String({ minLength: 1, maxLength: 60 }), level: Type.Integer({ minimum: 1, maximum: 10 }) },
  { additionalProperties: false },
)
export const Skills = Type.Array(SkillLevel, { maxItems: 50 })
export const Place = Type.Object(
  { lat: Type.Number({ minimum: -90, maximum: 90 }), lon: Type.Number({ minimum: -180, maximum: 180 }) },
  { additionalProperties: false },
)
export const DayWindow = Type.Object({ from: TimeText, to: TimeText }, { additionalProperties: false })
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
/** A closed object: unknown members are refused, so that a misspelt field is an error and not a silence. */
export const closed = { additionalProperties: false } as const

export const Role = Type.Union([
  Type.Literal('manager'),
  Type.Literal('dispatcher'),
  Type.Literal('technician'),
  Type.Literal('customer-service'),
  Type.Literal('customer'),
  Type.Literal('administrator'),
])

/** RFC 9457 problem details with Callboard's two members. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String()),
    code: Type.String(),
    details: Type.Optional(Type.Unknown()),
  },
  { $id: 'Problem', additionalProperties: false, description: 'RFC 9457 problem with code and details' },
)
export type Problem = Static<typeof Problem>
