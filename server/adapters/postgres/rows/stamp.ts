/**
 * Instants between the database and the domain: a date there, milliseconds here.
 *
 * The files beside this one are the only place that knows both spellings, rows of Postgres and records of the domain. A column list
 * beside each mapping keeps every reader of a table on the same set of columns.
 */

export const at = (value: Date | null): number | null => (value === null ? null : value.getTime())

/** A `timestamptz` parameter for the driver. */
export const stamp = (value: number | null): string | null =>
  value === null ? null : new Date(value).toISOString()
