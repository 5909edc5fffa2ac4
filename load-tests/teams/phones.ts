/** Technicians with accounts and a few dispatched jobs each, made through the public API. */
import { randomUUID } from 'node:crypto'
import type { Api } from './boards.ts'
import { makeBoards } from './boards.ts'
import type { System } from './system.ts'

export type Phone = {
  email: string
  password: string
  board: string
  activities: { id: string; version: number }[]
}

const JOBS = 3

export async function makePhones(api: Api, system: System, count: number): Promise<Phone[]> {
  const [board] = await makeBoards(api, 1)
  if (!board || system.urls.length === 0) throw new Error('no board was made')
  const customer = await api('POST', '/customers', { name: 'Phones' })
  const order = await api('POST', '/orders', { description: 'Phones', customerId: customer.id })
  const phones: Phone[] = []
  for (let n = 0; n < count; n++) {
    const email = `phone-${randomUUID().slice(0, 12)}@load.example`
    const password = `load-${randomUUID()}`
    const technician = await api('POST', '/technicians', { name: `Phone ${n}`, teamId: board.teamId })
    await api('POST', '/users', {
      email,
      name: `Phone ${n}`,
      role: 'technician',
      technicianId: technician.id,
      password,
    })
    const activities = []
    for (let i = 0; i < JOBS; i++) {
      const start = Date.now() + (i + 1) * 3_600_000
      const made = await api('POST', '/activities', {
        orderId: order.id,
        boardId: board.id,
        technicianId: technician.id,
        start: new Date(start).toISOString(),
        end: new Date(start + 1_800_000).toISOString(),
      })
      const sent = await api('POST', `/activities/${made.id}/dispatch`, {}, made.version)
      activities.push({ id: made.id, version: sent.version })
    }
    phones.push({ email, password, board: board.id, activities })
  }
  return phones
}
