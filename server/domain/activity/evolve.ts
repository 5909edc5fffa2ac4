/** How every copy of a board takes in a fact: put it if its version is newer. Applying twice is harmless. */
export function isNewer(
  known: { readonly version: number } | undefined,
  next: { readonly version: number },
): boolean {
  return known === undefined || next.version > known.version
}
