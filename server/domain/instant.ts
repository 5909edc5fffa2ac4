/**
 * Instants and spans as the rules see them.
 *
 * An instant is a count of milliseconds since 1970-01-01T00:00Z. Rules never read a clock: whoever calls them
 * passes `now`. Spans are half-open: the start belongs to them, the end does not.
 */

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number

/** Half-open `[from, to)`. */
export type Span = { readonly from: Instant; readonly to: Instant }

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** True when two half-open spans share at least one instant. */
export const overlaps = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to
