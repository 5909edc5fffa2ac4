/**
 * Delivers technicians' inboxes (consistency.md 2.7): numbered without holes, repeated until received.
 *
 * Each reader has its own place. What it has not confirmed within a few seconds is sent again; a device tells repeats
 * by their numbers. New entries are noticed when any board moves, and by a look twice a second.
 */
import type { Report } from '../application/live-metrics.ts'
import type { Inboxes, InboxHead } from '../ports/live.ts'
import { frameOf } from './frame.ts'
import type { Link } from './link.ts'

const LOOK_MS = 500
const GATHER_MS = 50
const REPEAT_MS = 5_000
const FRAME_ITEMS = 50
/** Entries sent and not confirmed; more wait in Postgres. */
const UNCONFIRMED_MAX = 200
const IDS_PER_QUERY = 1_000

type Reader = {
  readonly link: Link
  readonly companyId: string
  readonly technicianId: string
  epoch: string
  cursor: number
  confirmed: number
  sentAt: number
  busy: boolean
}

type InboxPosition = { epoch?: string; seq?: number; received?: number }

export type InboxDesk = {
  /** Begins or moves a reader. Answers false when the person on this link is no technician. */
  open(link: Link, position: InboxPosition): Promise<boolean>
  close(link: Link): void
  has(link: Link): boolean
  /** Some board moved: look soon. */
  stir(): void
  stop(): void
}

export function createInboxDesk(options: { inboxes: Inboxes; report: Report }): InboxDesk {
  const { inboxes, report } = options
  const readers = new Map<Link, Reader>()
  let timer: NodeJS.Timeout | undefined
  let soon: NodeJS.Timeout | undefined
  let looking = false
  let failing = false
  let stopped = false

  const look = async (): Promise<void> => {
    if (looking || readers.size === 0) return
    looking = true
    try {
      const ids = [...new Set([...readers.values()].map((reader) => reader.technicianId))]
      for (let i = 0; i < ids.length; i += IDS_PER_QUERY) {
        const heads = new Map(
          (await inboxes.heads(ids.slice(i, i + IDS_PER_QUERY))).map((head) => [head.technicianId, head]),
        )
        for (const reader of readers.values()) {
          const head = heads.get(reader.technicianId)
          if (head) advance(reader, head)
        }
      }
      failing = false
    } catch (error) {
      if (!failing) report('the inboxes could not be looked at', error)
      failing = true
    } finally {
      looking = false
    }
  }

  const advance = (reader: Reader, head: InboxHead): void => {
    const now = performance.now()
    if (reader.cursor > reader.confirmed && now - reader.sentAt > REPEAT_MS) reader.cursor = reader.confirmed
    if (reader.busy || reader.cursor >= head.seq || reader.cursor - reader.confirmed >= UNCONFIRMED_MAX)
      return
    if (reader.link.full || reader.link.paused) return
    reader.busy = true
    send(reader, head)
      .catch((error: unknown) =>
        report(`an inbox of technician ${reader.technicianId} could not be read`, error),
      )
      .finally(() => {
        reader.busy = false
      })
  }

  const send = async (reader: Reader, head: InboxHead): Promise<void> => {
    const { link, companyId, technicianId, epoch } = reader
    const from = reader.cursor
    const items = await inboxes.after(companyId, technicianId, from, FRAME_ITEMS)
    const last = items.at(-1)
    if (!last || readers.get(link) !== reader || reader.cursor !== from || !link.open) return
    link.send(frameOf('inbox', JSON.stringify({ epoch, from: from + 1, to: last.seq, items }), items.length))
    reader.cursor = last.seq
    reader.sentAt = performance.now()
    if (last.seq < head.seq) stir()
  }

  const stir = (): void => {
    if (stopped || readers.size === 0) return
    soon ??= setTimeout(() => {
      soon = undefined
      void look()
    }, GATHER_MS)
  }

  const tick = async (): Promise<void> => {
    await look()
    if (!stopped) timer = setTimeout(tick, LOOK_MS)
  }
  timer = setTimeout(tick, LOOK_MS)

  return {
    async open(link, { epoch, seq, received }) {
      const { companyId, technicianId } = link.session
      if (technicianId === null) return false
      const now = await inboxes.epoch(companyId)
      // A confirmation belongs to the history it was given in.
      const sameHistory = epoch === undefined || epoch === now
      const known = readers.get(link)
      const confirmed = sameHistory ? Math.max(received ?? 0, seq ?? 0) : 0
      if (confirmed > 0) await inboxes.received(companyId, technicianId, confirmed)
      const [head] = await inboxes.heads([technicianId])
      if (head?.companyId !== companyId || !link.open) return true
      const given = sameHistory && seq !== undefined && seq <= head.seq ? seq : undefined
      const kept = known?.epoch === now ? known : undefined
      const start = given ?? kept?.confirmed ?? head.received
      const reader: Reader = {
        link,
        companyId,
        technicianId,
        epoch: now,
        cursor: given ?? Math.min(Math.max(kept?.cursor ?? start, start), head.seq),
        confirmed: Math.min(Math.max(start, sameHistory ? (received ?? 0) : 0), head.seq),
        sentAt: kept?.sentAt ?? performance.now(),
        busy: false,
      }
      readers.set(link, reader)
      advance(reader, head)
      return true
    },
    close: (link) => {
      readers.delete(link)
    },
    has: (link) => readers.has(link),
    stir,
    stop() {
      stopped = true
      clearTimeout(timer)
      clearTimeout(soon)
      readers.clear()
    },
  }
}
