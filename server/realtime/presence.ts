/**
 * Who is on a board and what they hold or look at.
 *
 * A courtesy, never a lock: it is kept in memory, told between processes at most once, and forgotten after a while.
 */
import type { PresenceFrame } from '../contract/live.ts'
import type { LiveBus } from '../ports/board.ts'

/** People of another process are forgotten when it has said nothing for so long. */
const FORGET_MS = 12_000
const REPEAT_MS = 5_000
const GATHER_MS = 200
const PEOPLE_MAX = 100
const BOARDS_MAX = 10_000

export type Person = PresenceFrame['people'][number]
type Remote = { readonly people: readonly Person[]; readonly at: number }
type Message = { process: string; companyId: string; board: string; people: Person[] }

export type Presence = {
  /** Puts or changes a person; `who` names the socket. */
  put(place: { companyId: string; board: string }, who: string, person: Person): void
  remove(board: string, who: string): void
  people(board: string): Person[]
  /** Repeats what is here and forgets what fell silent; call it about once a second. */
  tick(now: number): void
  close(): void
}

export function createPresence(options: {
  process: string
  bus: LiveBus
  /** The people of a board changed, here or elsewhere. */
  changed: (board: string) => void
}): Presence {
  const { process, bus, changed } = options
  const here = new Map<string, { companyId: string; people: Map<string, Person> }>()
  const elsewhere = new Map<string, Map<string, Remote>>()
  const dirty = new Set<string>()
  let gathering: NodeJS.Timeout | undefined
  let repeatedAt = 0

  const publish = (board: string): void => {
    const place = here.get(board)
    if (!place) return
    const people = [...place.people.values()].slice(0, PEOPLE_MAX)
    const message: Message = { process, companyId: place.companyId, board, people }
    bus.publish('presence', JSON.stringify(message))
    if (place.people.size === 0) here.delete(board)
  }

  const flush = (): void => {
    gathering = undefined
    for (const board of dirty) {
      publish(board)
      changed(board)
    }
    dirty.clear()
  }

  const touch = (board: string): void => {
    dirty.add(board)
    gathering ??= setTimeout(flush, GATHER_MS)
  }

  bus.subscribe('presence', (text) => {
    const message = readMessage(text)
    if (!message || message.process === process) return
    const others = elsewhere.get(message.board) ?? new Map<string, Remote>()
    if (!elsewhere.has(message.board) && elsewhere.size >= BOARDS_MAX) return
    elsewhere.set(message.board, others)
    const before = JSON.stringify(others.get(message.process)?.people ?? [])
    others.set(message.process, { people: message.people.slice(0, PEOPLE_MAX), at: performance.now() })
    if (before !== JSON.stringify(message.people)) changed(message.board)
  })

  return {
    put({ companyId, board }, who, person) {
      const place = here.get(board) ?? { companyId, people: new Map<string, Person>() }
      here.set(board, place)
      place.people.set(who, person)
      touch(board)
    },
    remove(board, who) {
      if (here.get(board)?.people.delete(who)) touch(board)
    },
    people(board) {
      const all = [...(here.get(board)?.people.values() ?? [])]
      for (const { people } of elsewhere.get(board)?.values() ?? []) all.push(...people)
      return onePerUser(all).slice(0, PEOPLE_MAX)
    },
    tick(now) {
      for (const [board, others] of elsewhere) {
        for (const [other, { at, people }] of others) {
          if (now - at < FORGET_MS) continue
          others.delete(other)
          if (people.length > 0) changed(board)
        }
        if (others.size === 0) elsewhere.delete(board)
      }
      if (now - repeatedAt < REPEAT_MS) return
      repeatedAt = now
      for (const board of here.keys()) publish(board)
    },
    close() {
      clearTimeout(gathering)
    },
  }
}

/** A person with several windows is one person, who holds what any of the windows holds. */
function onePerUser(all: readonly Person[]): Person[] {
  const byUser = new Map<string, Person>()
  for (const person of all) {
    const known = byUser.get(person.userId)
    byUser.set(
      person.userId,
      known
        ? { ...known, holding: known.holding ?? person.holding, looking: known.looking ?? person.looking }
        : person,
    )
  }
  return [...byUser.values()]
}

function readMessage(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    if (!('process' in value && 'companyId' in value && 'board' in value && 'people' in value)) return null
    const { process, companyId, board, people } = value
    if (typeof process !== 'string' || typeof companyId !== 'string' || typeof board !== 'string') return null
    return Array.isArray(people) ? { process, companyId, board, people: people.filter(isPerson) } : null
  } catch {
    // Something else spoke on the channel.
    return null
  }
}

const isPerson = (value: unknown): value is Person =>
  typeof value === 'object' &&
  value !== null &&
  'userId' in value &&
  typeof value.userId === 'string' &&
  'name' in value &&
  typeof value.name === 'string' &&
  'holding' in value &&
  'looking' in value
