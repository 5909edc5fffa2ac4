/**
 * The open transaction that use cases see: every read and write of orders, activities and what they refer to.
 *
 * Updates name the version they expect, even under a row lock: if a lock was ever forgotten, the lost update is a
 * fault here instead of silence.
 */
import type pg from 'pg'
import type { Caller, Tx } from '../../ports/commands.ts'
import { asking } from './tx/asking.ts'
import { readReferences } from './tx/read-references.ts'
import { readWork } from './tx/read-work.ts'
import { writeActivities } from './tx/write-activities.ts'
import { writeOrders } from './tx/write-orders.ts'

export function openTx(options: {
  client: pg.ClientBase
  caller: Caller
  now: number
  newId: () => string
}): Tx {
  const own = asking(options)
  const references = readReferences(own)
  return {
    now: own.now,
    caller: own.caller,
    newId: own.newId,
    ...readWork(own),
    ...references,
    ...writeOrders(own, references.calendars),
    ...writeActivities(own),
    query: own.all,
  }
}
