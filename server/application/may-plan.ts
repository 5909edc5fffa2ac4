/** Planning changes other people's days: it is for those who may dispatch. The system's own hand always may. */
import type { Caller, Refused } from '../ports/commands.ts'

export function mayPlan(caller: Caller): Refused | null {
  if (caller.kind !== 'user') return null
  const may = caller.role === 'manager' || caller.role === 'dispatcher' || caller.role === 'administrator'
  return may ? null : { refusal: { code: 'FORBIDDEN_ROLE', details: { role: caller.role, act: 'plan' } } }
}
