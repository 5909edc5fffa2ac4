/** The ends of time: every moment of a problem lies between them. */

/** Later than any time, and still a small integer to V8. */
export const NEVER = 1 << 29
export const ANY_TIME = -NEVER
