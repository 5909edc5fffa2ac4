import { describe, expect, it } from 'vitest'
import { type Action, can, type Grant, matrix } from './permission.ts'
import { roles } from './role.ts'

const cells = (Object.keys(matrix) as Action[]).flatMap((action) =>
  roles.map((role) => [action, role, matrix[action][role]] as const),
)

/** What each kind of grant means, told independently of `can`: strange work, related work, own work, looking only. */
const meaning: Record<Grant, readonly [boolean, boolean, boolean, boolean]> = {
  all: [true, true, true, true],
  related: [false, true, false, true],
  own: [false, false, true, false],
  read: [false, false, false, true],
  none: [false, false, false, false],
}

describe('the permission matrix', () => {
  it.each(cells)('%s for %s is %s', (action, role, grant) => {
    // Stages and posting have conditions of their own; here they are met.
    const met = { technicianCanPost: true, stageRoles: roles }
    const asked = [{}, { related: true }, { own: true }, { reading: true }].map((c) =>
      can(role, action, { ...met, ...c }),
    )
    expect(asked).toEqual(meaning[grant])
  })

  it('lets a technician post only where the company says so', () => {
    expect(can('technician', 'order-post', { own: true })).toBe(false)
    expect(can('technician', 'order-post', { own: true, technicianCanPost: true })).toBe(true)
  })

  it('lets a technician change only into stages that name technicians', () => {
    expect(can('technician', 'order-stage', { own: true, stageRoles: [] })).toBe(false)
    expect(can('technician', 'order-stage', { own: true, stageRoles: ['technician'] })).toBe(true)
    expect(can('dispatcher', 'order-stage', { stageRoles: ['manager'] })).toBe(false)
    expect(can('dispatcher', 'order-stage', { stageRoles: [] })).toBe(true)
  })

  it('never lets a customer change anything', () => {
    for (const action of Object.keys(matrix) as Action[])
      expect(['own', 'none']).toContain(matrix[action].customer)
  })
})
