/** What the kernel can count with: whole numbers between the ends of time. Anything else is refused by the name of its field. */
import { ProblemError } from '../problem-error.ts'
import { NEVER } from './times.ts'

export const whole = (value: number, field: string): number => {
  if (!Number.isInteger(value) || Math.abs(value) >= NEVER)
    throw new ProblemError(field, 'must be a whole number of seconds')
  return value
}

export const wholeFrom0 = (value: number, field: string): number => {
  if (whole(value, field) < 0) throw new ProblemError(field, 'must not be negative')
  return value
}
