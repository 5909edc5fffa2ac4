/**
 * Reading one field of a JSON file at a time: what it has to be, or a refusal that names it.
 *
 * The surprising rule: what we do not support is refused by name (`unsupported`), never passed over.
 */
import type { SkillLevel } from '../problem.ts'

export class InputError extends Error {
  override readonly name = 'InputError'
}

export type Fields = Readonly<Record<string, unknown>>

const LARGEST = 1 << 28

export const refuse = (field: string, wanted: string): never => {
  throw new InputError(`${field}: ${wanted}`)
}

export const fieldsOf = (value: unknown, field: string): Fields =>
  // An object that is no array is a record of unknown values.
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : refuse(field, 'must be an object')

export const listOf = (value: unknown, field: string): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : refuse(field, 'must be a list')

export const numberIn = (value: unknown, field: string, low: number, high: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high
    ? value
    : refuse(field, `must be a number from ${low} to ${high}`)

export const wholeIn = (value: unknown, field: string, low = 0, high = LARGEST): number =>
  Number.isInteger(value) ? numberIn(value, field, low, high) : refuse(field, 'must be a whole number')

export const wholeOr = (value: unknown, field: string, otherwise: number, low = 0, high = LARGEST): number =>
  value === undefined ? otherwise : wholeIn(value, field, low, high)

export const textOr = (value: unknown, field: string): string | null =>
  value === undefined || value === null
    ? null
    : typeof value === 'string'
      ? value
      : refuse(field, 'must be a text')

export const idOf = (value: unknown, field: string): number | string =>
  (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) || typeof value === 'string'
    ? value
    : refuse(field, 'must be a whole number from 0, or a text')

/** Times may be seconds since 1970 and so larger than our own. */
export const timeOf = (value: unknown, field: string): number => wholeIn(value, field, -4e9, 4e10)

export const windowOf = (value: unknown, field: string): readonly [number, number] => {
  const pair = listOf(value, field)
  if (pair.length !== 2) refuse(field, 'must be [from, to]')
  const from = timeOf(pair[0], `${field}[0]`)
  const to = timeOf(pair[1], `${field}[1]`)
  if (to < from) refuse(field, 'must not end before it begins')
  return [from, to]
}

export const windowsOf = (value: unknown, field: string): (readonly [number, number])[] =>
  listOf(value, field).map((window, i) => windowOf(window, `${field}[${i}]`))

export const amountsOf = (value: unknown, field: string): number[] =>
  listOf(value, field).map((amount, i) => wholeIn(amount, `${field}[${i}]`))

export const idsOf = (value: unknown, field: string): string[] | undefined =>
  value === undefined ? undefined : listOf(value, field).map((id, i) => String(idOf(id, `${field}[${i}]`)))

export const skillsOf = (fields: Fields, field: string): SkillLevel[] => {
  const levels = new Map<string, number>()
  listOf(fields.skills, `${field}.skills`).forEach((skill, i) => {
    levels.set(String(idOf(skill, `${field}.skills[${i}]`)), 1)
  })
  if (fields.skill_levels !== undefined) {
    const given = fieldsOf(fields.skill_levels, `${field}.skill_levels`)
    for (const [skill, level] of Object.entries(given)) {
      levels.set(skill, wholeIn(level, `${field}.skill_levels.${skill}`, 0, 1000))
    }
  }
  return [...levels].map(([skill, level]) => ({ skill, level }))
}

export const unsupported = (fields: Fields, at: string, names: readonly string[]): void => {
  for (const name of names) {
    const value = fields[name]
    const isNothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0)
    if (!isNothing) refuse(`${at}${name}`, 'is not supported')
  }
}
