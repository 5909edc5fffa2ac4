/**
 * Companies of the live tests: a board, people who sign in, and work that is made and changed through the log.
 */
import { createHash, randomUUID } from 'node:crypto'
import { systemCaller } from '../../adapters/postgres/commands.ts'
import { activityEvents, orderEvents } from '../../application/board-changes.ts'
import type { Activity } from '../../domain/activity/activity.ts'
import { unplanned } from '../../domain/activity/new-activity.ts'
import type { Order } from '../../domain/order/order.ts'
import type { NewEvent, Tx } from '../../ports/commands.ts'
import type { Node } from './node.ts'
import { owner } from './services.ts'

export const HOUR = 3_600_000
export const DAY = Date.UTC(2026, 2, 2, 8)

export type Company = {
  readonly id: string
  readonly board: string
  readonly team: string
  readonly otherTeam: string
  readonly technician: string
  readonly other: string
  readonly stage: string
}

export let made = 0

export async function makeCompany(): Promise<Company> {
  made += 1
  const n = `${made}${randomUUID().slice(0, 6)}`
  const [id, board, team, otherTeam, technician, other, stage] = ['c', 'b', 'm', 'mm', 't', 'tt', 's'].map(
    (x) => `${x}${n}`,
  )
  if (!id || !board || !team || !otherTeam || !technician || !other || !stage)
    throw new Error('ids were made')
  await owner.query(`INSERT INTO company (id, code, name) VALUES ($1, $1, $1)`, [id])
  await owner.query(`INSERT INTO board (company_id, id, name) VALUES ($1, $2, $2)`, [id, board])
  for (const t of [team, otherTeam]) {
    await owner.query(`INSERT INTO team (company_id, id, code, board_id) VALUES ($1, $2, $2, $3)`, [
      id,
      t,
      board,
    ])
  }
  await owner.query(`INSERT INTO technician (company_id, id, name, team_id) VALUES ($1, $2, 'Ann', $3)`, [
    id,
    technician,
    team,
  ])
  await owner.query(`INSERT INTO technician (company_id, id, name, team_id) VALUES ($1, $2, 'Bo', $3)`, [
    id,
    other,
    otherTeam,
  ])
  await owner.query(`INSERT INTO stage (company_id, id, code) VALUES ($1, $2, 'new')`, [id, stage])
  return { id, board, team, otherTeam, technician, other, stage }
}

export type User = { readonly id: string; readonly session: string; readonly companyId: string }

export async function makeUser(
  company: Company,
  role: string,
  technicianId: string | null = null,
): Promise<User> {
  const id = `u${randomUUID().slice(0, 8)}`
  const session = `x${id}`
  await owner.query(
    `INSERT INTO app_user (company_id, id, email, name, role, technician_id, password_hash)
       VALUES ($1, $2, $2, $2, $3, $4, '-')`,
    [company.id, id, role, technicianId],
  )
  await owner.query(
    `INSERT INTO session (id, company_id, user_id, token_hash, expires_at) VALUES ($1, $2, $3, $4, now() + interval '1 hour')`,
    [session, company.id, id, createHash('sha256').update(session).digest()],
  )
  return { id, session, companyId: company.id }
}

export async function ticketFor(user: User): Promise<string> {
  const ticket = `${randomUUID()}${randomUUID()}`
  await owner.query(
    `INSERT INTO socket_ticket (ticket_hash, company_id, session_id, expires_at) VALUES ($1, $2, $3, now() + interval '30 seconds')`,
    [createHash('sha256').update(ticket).digest(), user.companyId, user.session],
  )
  return ticket
}

/** One committed command of the system's own hand. */
export async function command(
  node: Node,
  company: Company,
  work: (tx: Tx) => Promise<NewEvent[]>,
): Promise<number> {
  const answer = await node.commands.run(
    { caller: systemCaller(company.id), key: null, requestHash: new Uint8Array(32) },
    async (tx) => ({ status: 200, body: {}, events: await work(tx) }),
  )
  if (answer.kind !== 'answer') throw new Error(`the command ended ${answer.kind}`)
  return answer.events.at(-1)?.last ?? 0
}

export async function createWork(
  node: Node,
  company: Company,
  more: Partial<Activity> = {},
): Promise<Activity> {
  const n = randomUUID().slice(0, 12)
  const order = (now: number): Order => ({
    id: `o${n}`,
    version: 1,
    companyId: company.id,
    number: n,
    externalId: null,
    description: 'A lamp is out',
    customerId: null,
    projectId: null,
    agreementId: null,
    serviceDateTime: now,
    stageId: company.stage,
    progress: 'inProcess',
    priority: 'normal',
    address: null,
    preferredTechnicianId: null,
    signedOff: false,
    signedOffAt: null,
    origin: 'user',
    createdAt: now,
    lines: [],
    clock: { terms: null, status: 'none', records: [], reached: {} },
  })
  const activity: Activity = {
    ...unplanned,
    id: `a${n}`,
    number: n,
    companyId: company.id,
    boardId: company.board,
    orderId: `o${n}`,
    teamId: company.team,
    createdAt: DAY,
    ...more,
  }
  await command(node, company, async (tx) => {
    const placed = order(tx.now)
    await tx.insertOrder(placed)
    await tx.insertActivities([activity])
    return [
      ...(await orderEvents(tx, 'order-created', placed, new Set([company.board]))),
      ...activityEvents('activity-created', null, activity),
    ]
  })
  return activity
}

export async function change(
  node: Node,
  company: Company,
  id: string,
  patch: Partial<Activity>,
): Promise<Activity> {
  let after: Activity | undefined
  await command(node, company, async (tx) => {
    const before = (await tx.lockActivities([id])).get(id)
    if (!before) throw new Error(`activity ${id} is not there`)
    after = { ...before, ...patch, version: before.version + 1 }
    await tx.updateActivities([after])
    if (patch.technicianId !== undefined && patch.technicianId !== before.technicianId) {
      if (before.technicianId !== null) await tx.tell(before.technicianId, 'removed', after)
      if (patch.technicianId !== null) await tx.tell(patch.technicianId, 'assigned', after)
    }
    return activityEvents('activity-changed', before, after)
  })
  if (!after) throw new Error('the change was made')
  return after
}

export async function headOf(board: string): Promise<{ epoch: string; seq: number }> {
  const { rows } = await owner.query('SELECT epoch, seq::int AS seq FROM board WHERE id = $1', [board])
  return rows[0]
}
