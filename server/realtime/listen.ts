/**
 * What a socket says: counted, checked, handed on, and answered when it asked for an answer.
 *
 * Whoever says too much is told so first and cut off later. What is refused leaves everything as it was.
 */
import type { Report } from '../application/live-metrics.ts'
import { createBucket } from './limits.ts'
import type { Link } from './link.ts'
import { readMessage, type Said } from './messages.ts'

const rates = {
  messages: { perSecond: 20, burst: 40 },
  /** Acknowledgements have their own, so that a diligent reader cannot lock itself out. */
  acks: { perSecond: 60, burst: 200 },
  subscriptions: { perSecond: 5, burst: 20 },
} as const
/** Messages beyond the limit that are let pass unanswered before the socket is closed. */
const EXCESS_MAX = 200

type Code = 'VALIDATION' | 'NOT_FOUND' | 'FORBIDDEN_ROLE' | 'TOO_MANY' | 'BUSY'
/** An answer to whoever asked, not a fault: it goes back over the socket and is logged nowhere. */
export class Declined extends Error {
  readonly code: Code
  constructor(code: Code, message: string) {
    super(message)
    this.code = code
  }
}

export function listenTo(
  link: Link,
  to: { handle(link: Link, said: Said): Promise<void>; readonly report: Report },
): void {
  const { socket } = link
  const opened = performance.now()
  const spoken = createBucket(rates.messages, opened)
  const acks = createBucket(rates.acks, opened)
  const subscriptions = createBucket(rates.subscriptions, opened)
  let excess = 0

  const decline = (event: string, error: Declined, answer: unknown, board?: string): void => {
    const body = {
      event,
      code: error.code,
      message: error.message,
      ...(board === undefined ? {} : { board }),
    }
    link.say('error', body)
    if (typeof answer === 'function') answer({ ok: false, ...body })
  }

  // Every packet passes here first, whatever its name and however it is made.
  socket.use((packet, next) => {
    const name = String(packet[0]).slice(0, 40)
    const answer = packet.at(-1)
    const now = performance.now()
    const allowed = name === 'ack' ? acks.take(now) : spoken.take(now)
    if (!allowed || (name === 'subscribe' && !subscriptions.take(now))) {
      excess += 1
      if (excess === 1 || excess % 50 === 0) decline(name, new Declined('TOO_MANY', 'slow down'), answer)
      if (excess > EXCESS_MAX) link.disconnect()
      return
    }
    const said = readMessage(name, packet[1])
    if ('fault' in said) {
      decline(name, new Declined('VALIDATION', said.fault), answer)
      return
    }
    const board = 'board' in said.payload ? said.payload.board : undefined
    next()
    to.handle(link, said).then(
      () => {
        if (typeof answer === 'function') answer({ ok: true })
      },
      (error: unknown) => {
        if (error instanceof Declined) {
          decline(name, error, answer, board)
          return
        }
        to.report(`message ${name} could not be served`, error)
        decline(name, new Declined('BUSY', 'try again'), answer, board)
      },
    )
  })
  socket.on('error', (error: Error) => to.report('socket', error))
}
