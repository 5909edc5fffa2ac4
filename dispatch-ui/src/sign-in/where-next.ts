/** Where a person goes after signing in: back to where they came from, else to the page of their role. */

/** Only an address of this site: one slash, then no second one and no backslash, which browsers read as a slash. */
export function safeNext(next: string | null): string | null {
  return next !== null && /^\/(?![/\\])[^\\\s]*$/.test(next) && !next.startsWith('/sign-in') ? next : null
}

export function whereNext(role: string, next: string | null): string {
  const wanted = safeNext(next)
  // A technician has no board of others, and the phone's page is of no use to anyone else.
  if (role === 'technician') return '/technician'
  if (wanted === '/' || wanted?.startsWith('/technician')) return '/board'
  return wanted ?? '/board'
}
