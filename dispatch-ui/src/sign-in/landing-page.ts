/** Where a role's work is. `next` is followed only within this site. */
export function landingPage(role: string, next: string | null): string {
  // Two slashes would be another host, a backslash is read as one.
  if (next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') && !next.startsWith('/sign-in'))
    return next
  return role === 'technician' ? '/technician' : '/board'
}
