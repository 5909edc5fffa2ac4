/** Ends every `switch` over a union: a member that was forgotten is a compile error here. */
export function assertNever(value: never): never {
  throw new Error(`unexpected member of a closed union: ${JSON.stringify(value)}`)
}
