/** What a kind of work is called on a bar: in full, in short, and by two letters. */
export type TypeName = { readonly full: string; readonly short: string; readonly code: string }
export type TypeRecord = {
  readonly id: string
  readonly code: string
  readonly description: string
  readonly shortName?: string | null
}

/** Words that tell nothing by themselves, in the languages of the screens. */
const fillers = new Set(
  'a an the of or and in on no to for un une des de du la le les et ou sans pour'.split(' '),
)

/** A type without a short name of its own gets its first telling word; its code is the initials of the first two. */
export function typeNameOf(type: TypeRecord): TypeName {
  const full = type.description || type.code
  const words = full.split(/[\s,/]+/).filter((word) => word !== '' && !fillers.has(word.toLowerCase()))
  const first = words[0] ?? full
  const short = type.shortName || `${first[0]?.toUpperCase() ?? ''}${first.slice(1)}`
  const code = words.length > 1 ? `${first[0] ?? ''}${words[1]?.[0] ?? ''}` : first.slice(0, 2)
  return { full, short, code: code.toUpperCase() }
}
