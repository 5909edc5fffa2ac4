/**
 * What no schema says but every request must keep to: text that the store can hold, nesting that ends, and query
 * strings whose numbers are numbers.
 */
import type { Plain } from './schema.ts'

const DEPTH_MAX = 24
/** NUL, or half of a surrogate pair that stands alone: neither can be stored as text. */
const BROKEN = /\p{Surrogate}|\0/u
const wellFormed = (text: string): boolean => !BROKEN.test(text)

/** Where the first unusable text or too deep nesting is, or null. Walks with a stack of its own, so depth is harmless. */
export function unusable(value: unknown): { field: string; expected: string } | null {
  const stack: { value: unknown; field: string; depth: number }[] = [{ value, field: '', depth: 0 }]
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { value: here, field, depth } = entry
    if (typeof here === 'string') {
      if (!wellFormed(here))
        return { field: field || 'body', expected: 'text without NUL or broken characters' }
      continue
    }
    if (typeof here !== 'object' || here === null || Buffer.isBuffer(here)) continue
    if (depth >= DEPTH_MAX) return { field: 'body', expected: `at most ${DEPTH_MAX} levels` }
    for (const [key, inside] of Object.entries(here)) {
      if (!wellFormed(key)) return { field: 'body', expected: 'names without NUL or broken characters' }
      stack.push({ value: inside, field: depth === 0 ? key : `${field}.${key}`, depth: depth + 1 })
    }
  }
  return null
}

/** Turns a query string's numbers and booleans into what the schema means; what does not fit stays and is refused. */
export function readQuery(query: unknown, schema: Plain): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null)
  const properties = (schema.properties ?? {}) as Record<string, Plain>
  if (typeof query !== 'object' || query === null) return out
  for (const [name, value] of Object.entries(query)) {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined
    out[name] = typeof value === 'string' ? meant(value, type) : value
  }
  return out
}

function meant(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d{1,16}$/.test(text)) return Number(text)
  if (type === 'number' && /^-?\d{1,15}(\.\d{1,10})?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
