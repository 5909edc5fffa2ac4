/** The board's checksum, free of schemas so that the browser can carry it. */

/**
 * Order-independent checksum of a board's open activities: sum over (id, version), modulo 2^32, of a 31-polynomial
 * hash of `id:version`. Adding, changing and removing one activity changes the sum in constant time.
 */
export function activityHash(id: string, version: number): number {
  const text = `${id}:${version}`
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0
  return hash
}

export function boardChecksum(activities: Iterable<{ id: string; version: number; state: string }>): number {
  let sum = 0
  for (const a of activities) if (a.state !== 'closed') sum = (sum + activityHash(a.id, a.version)) >>> 0
  return sum
}
