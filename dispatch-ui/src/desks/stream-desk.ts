/**
 * The board's own stream: read once over HTTP, then followed by number, and folded into the board in hand.
 *
 * It tells the other desks what came, and owns how true the page is: live, catching up, stale or offline.
 */
import type { BoardSnapshot } from '../../../server/contract/board.ts'
import type { NoticeFrame, PresenceFrame } from '../../../server/contract/live.ts'
import type { Bar, Board } from '../model/board.ts'
import { DAY } from '../model/zone.ts'
import type { TopBar } from '../panels/top-bar.ts'
import { button, need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { ask } from '../sync/api.ts'
import { type BoardListener, Link, type LinkState } from '../sync/live.ts'
import { reasonOf } from './foot-desk.ts'
import { type InHand, readBoard } from './in-hand.ts'

/** So many changes at once are a storm: nobody can watch each of them arrive. */
const STORM = 40

type Items = Parameters<Board['fold']>[0]
export type StreamDesk = ReturnType<typeof openStreamDesk>

export function openStreamDesk(
  hand: InHand,
  needs: {
    readonly top: () => TopBar
    /** A whole new state, after which anything may differ. */
    replaced(): void
    /** Items in order, already folded. */
    folded(items: Items, at: { epoch: string; seq: number }): void
    /** A colleague changed one job, and it is worth watching. */
    theirs(id: string, was: Bar | undefined): void
    notice(notice: NoticeFrame): void
    /** The board has been read for the first time. */
    opened(): Promise<unknown>
    failedToReadPast(error: unknown): void
    repaint(): void
    changed(): void
  },
) {
  const { board, info, who } = hand
  let link: { state: LinkState; heardAt: number } = { state: 'catching-up', heardAt: 0 }
  let held: ReadonlyMap<string, string> = new Map()

  const renderState = (): void => {
    const age = link.heardAt === 0 ? null : (Date.now() - link.heardAt) / 1000
    needs.top().state(link.state, age)
    const band = need('band')
    band.hidden = !isBehind()
    if (!band.hidden) band.textContent = t('state.band', { s: Math.round(age ?? 0) })
  }
  const isBehind = (): boolean => link.state === 'stale' || link.state === 'offline'
  const live = new Link({
    state(state, heardAt) {
      if (state !== link.state) needs.repaint()
      link = { state, heardAt }
      renderState()
    },
    notice(notice) {
      if (notice.board === info.id) needs.notice(notice)
    },
  })
  const listener = {
    snapshot(state: Parameters<Board['replace']>[0]) {
      board.replace(state)
      needs.replaced()
    },
    events(items: Items, at: { epoch: string; seq: number }) {
      const before = new Map<string, Bar | undefined>()
      for (const { activity } of items) if (activity) before.set(activity.id, board.bars.get(activity.id))
      const isStorm = board.fold(items).length > STORM
      for (const { activity, actor } of items)
        if (!isStorm && activity && actor.id !== who.user.id)
          needs.theirs(activity.id, before.get(activity.id))
      needs.folded(items, at)
    },
    verify: (checksum: number) => board.checksum() === checksum,
    presence({ people }: PresenceFrame) {
      held = new Map(
        people.flatMap((one) =>
          one.holding !== null && one.userId !== who.user.id
            ? [[one.holding, initials(one.name)] as const]
            : [],
        ),
      )
      needs.top().people(
        people.map((one) => ({
          initials: initials(one.name),
          name: one.name,
          isMe: one.userId === who.user.id,
        })),
      )
      needs.repaint()
    },
  }
  /** The day so far, grey behind now; the board works without it. */
  const readPast = async (): Promise<void> => {
    const [from, to] = [Date.now() - DAY, Date.now() + DAY].map((at) => new Date(at).toISOString())
    try {
      const path = `/boards/${info.id}?includeClosed=true&from=${from}&to=${to}`
      board.addPast((await ask<BoardSnapshot>('GET', path, { tries: 2 })).value)
      needs.changed()
    } catch (error) {
      needs.failedToReadPast(error)
    }
  }
  const open = async (early: Promise<BoardSnapshot> | null): Promise<void> => {
    try {
      const value = await (early ?? readBoard(info.id))
      localStorage.setItem('board', info.id)
      board.replace(value)
      need('empty').hidden = true
      live.follow(info.id, { epoch: value.epoch, seq: value.seq }, listener)
    } catch (error) {
      const root = need('empty')
      root.hidden = false
      root.replaceChildren(
        t('error.board', { why: reasonOf(error) }),
        ' ',
        button(t('error.again'), () => void open(null)),
      )
      return
    } finally {
      needs.changed()
    }
    await Promise.all([readPast(), needs.opened()])
  }
  renderState()
  return {
    open,
    get isBehind(): boolean {
      return isBehind()
    },
    /** Who holds which job, by their initials. */
    get held(): ReadonlyMap<string, string> {
      return held
    },
    presence: (what: { holding?: string | null; looking?: string | null }): void =>
      live.presence(info.id, what),
    position: () => live.position(info.id),
    /** Something beside the board, such as a fork of it. */
    follow: (id: string, listener: BoardListener): void => live.follow(id, null, listener),
    unfollow: (id: string): void => live.unfollow(id),
  }
}

const initials = (name: string): string =>
  name
    .split(' ')
    .map((part) => part[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase()
