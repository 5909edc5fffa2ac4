/** `k6`: checks and groups, as far as our scripts use them. */
import { registry } from './registry.ts'

export function check<T>(value: T, sets: Record<string, (value: T) => boolean>): boolean {
  let all = true
  for (const [name, holds] of Object.entries(sets)) {
    const ok = holds(value)
    registry.check(name, ok)
    all &&= ok
  }
  return all
}
