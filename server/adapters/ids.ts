/**
 * Ids: fifteen characters that sort by the time they were made.
 *
 * Eight characters of milliseconds, four drawn once per process, three that count within the millisecond, all base
 * 36. Neighbours share most of their text, so a board of ten thousand activities compresses to a fraction of what
 * random ids would need. Identity is not a secret: rights are checked, never guessed from an id.
 */
import { randomInt } from 'node:crypto'

const digits = (value: number, width: number): string => value.toString(36).padStart(width, '0').slice(-width)

export function idMaker(clock: () => number = Date.now, tag: number = randomInt(36 ** 4)): () => string {
  const process = digits(tag, 4)
  let last = 0
  let count = 0
  return () => {
    const now = clock()
    if (now > last) {
      last = now
      count = 0
    } else if (++count >= 36 ** 3) {
      // More ids than one millisecond holds, or a clock that stepped back: borrow the next millisecond.
      last++
      count = 0
    }
    return digits(last, 8) + process + digits(count, 3)
  }
}
