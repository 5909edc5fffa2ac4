/**
 * The contract's schemas as the validator and the OpenAPI document want them.
 *
 * A schema with an `$id` becomes one shared component and a reference wherever it is used. Unions of words become
 * enumerations, `X or null` becomes a type list, and unions told apart by `type` get a discriminator, so that a
 * refusal names the one field that is wrong instead of every branch that did not fit.
 */
export type Plain = { readonly [key: string]: unknown }

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The shared components met so far, by name. */
export type Components = Map<string, Plain>

export function plainSchema(schema: unknown, components: Components): Plain {
  const text: unknown = JSON.parse(JSON.stringify(schema))
  const plain = simplify(text, components)
  if (!isPlain(plain)) throw new Error('a schema must be an object')
  return plain
}

function simplify(node: unknown, components: Components): unknown {
  if (Array.isArray(node)) return node.map((entry) => simplify(entry, components))
  if (!isPlain(node)) return node
  if (typeof node.$id === 'string') {
    const { $id, ...rest } = node
    if (!components.has($id)) {
      // Held before its insides are walked, so that a schema that uses itself ends.
      components.set($id, {})
      const inside = simplify(rest, components)
      if (!isPlain(inside)) throw new Error(`schema ${$id} must be an object`)
      components.set($id, inside)
    }
    return { $ref: `${$id}#` }
  }
  const walked: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node))
    walked[key] = key === 'const' || key === 'enum' || key === 'default' ? value : simplify(value, components)
  return Array.isArray(walked.anyOf) ? union(walked, walked.anyOf) : walked
}

function union(node: Record<string, unknown>, branches: readonly unknown[]): Plain {
  const { anyOf: _anyOf, ...rest } = node
  const all = branches.filter(isPlain)
  if (all.every((branch) => typeof branch.const === 'string'))
    return { ...rest, type: 'string', enum: all.map((branch) => branch.const) }
  const filled = all.filter((branch) => branch.type !== 'null')
  const [only] = filled
  if (
    filled.length === 1 &&
    all.length === 2 &&
    only &&
    typeof only.type === 'string' &&
    only.$ref === undefined
  ) {
    return {
      ...rest,
      ...only,
      type: [only.type, 'null'],
      ...(Array.isArray(only.enum) ? { enum: [...only.enum, null] } : {}),
    }
  }
  const tagged = all.every(
    (branch) =>
      isPlain(branch.properties) &&
      isPlain(branch.properties.type) &&
      typeof branch.properties.type.const === 'string',
  )
  if (tagged) return { ...rest, type: 'object', oneOf: all, discriminator: { propertyName: 'type' } }
  return { ...rest, anyOf: all }
}

/** The same schema with references as the OpenAPI document spells them. */
export function forDocument(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(forDocument)
  if (!isPlain(node)) return node
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string')
      out.$ref = `#/components/schemas/${value.replace(/#$/, '')}`
    else out[key] = key === 'const' || key === 'enum' || key === 'default' ? value : forDocument(value)
  }
  return out
}
