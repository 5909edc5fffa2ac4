/**
 * What if somebody is away: asked in a card, planned on a copy of the board, and answered as moves on offer.
 *
 * The copy is followed like the board itself, so that two who look at one what-if see what the other tries in it.
 */
import type { NoticeFrame } from '../../../server/contract/live.ts'
import { Board } from '../model/board.ts'
import type { ForkDiff, ForkMerged, ForkView } from '../model/planning.ts'
import { asProposal } from '../model/what-if.ts'
import { DAY, dayStart } from '../model/zone.ts'
import { type Until, whatIfCard } from '../panels/what-if-card.ts'
import { need } from '../shell/dom.ts'
import { t } from '../shell/text.ts'
import { discardFork, forkWithout, mergeFork, readDiff, readForks, tryInFork } from '../sync/forks.ts'
import type { Foot } from './foot-desk.ts'
import type { InHand } from './in-hand.ts'
import type { Applied, ProposalDesk, Source } from './proposal-desk.ts'
import type { StreamDesk } from './stream-desk.ts'

const DAYS: Readonly<Record<Until, number>> = { today: 1, tomorrow: 2, week: 8 }
/** Changes of one moment are read as one. */
const READ_MS = 150

/** The what-if in view: as it was last read, and the board as it has it. */
type InView = { readonly fork: ForkView; readonly board: Board; diff: ForkDiff; source: Source }

export function openWhatIfDesk(
  hand: InHand,
  needs: {
    readonly proposals: ProposalDesk
    readonly foot: Foot
    readonly stream: () => StreamDesk
    select(id: null): void
  },
) {
  const { board, zone } = hand
  const { foot, proposals } = needs
  let inView: InView | null = null
  /** What was looked at last and not decided here: its end is told even where the board's own events came first. */
  let undecided: string | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  const awayIn = (fork: ForkView): string | null => {
    const names = [...new Set(fork.absences.map((one) => hand.nameOf(one.technicianId)))]
    return names.length === 0 ? null : names.join(', ')
  }
  const show = (fork: ForkView, diff: ForkDiff): void => {
    needs.select(null)
    const source = sourceOf(fork)
    const mine: InView = { fork, diff, source, board: new Board(hand.info.id) }
    proposals.offer(asProposal(diff, board, Date.now()), source, { isShown: true })
    if (proposals.source !== source) return
    inView = mine
    undecided = fork.id
    needs.stream().follow(fork.id, {
      snapshot(state) {
        mine.board.replace(state)
        readSoon()
      },
      events(items) {
        mine.board.fold(items)
        readSoon()
      },
      gone: () => proposals.close(),
    })
  }
  const readSoon = (): void => {
    if (timer !== null) return
    timer = setTimeout(() => {
      timer = null
      if (inView !== null) void read(inView)
    }, READ_MS)
  }
  const read = async (mine: InView): Promise<void> => {
    try {
      const diff = await readDiff(mine.fork.id)
      if (inView !== mine || diff.version < mine.diff.version) return
      mine.diff = diff
      proposals.update(asProposal(diff, board, Date.now()))
    } catch (error) {
      if (inView === mine) foot.failed(error)
    }
  }
  /** The move is undone in the fork, and so for everybody who looks at it. */
  const putBack = async (fork: ForkView, activityId: string): Promise<void> => {
    const move = inView?.diff.moves.find((one) => one.activityId === activityId)
    const bar = inView?.board.bars.get(activityId)
    if (!move || !bar) return
    const { technicianId, start, end } = move.from
    const act =
      technicianId === null || start === null || end === null
        ? ({ type: 'assign', technicianId: null } as const)
        : ({ type: 'reschedule', technicianId, start, end } as const)
    try {
      await tryInFork(fork.id, { ...act, activityId, expectedVersion: bar.version })
    } catch (error) {
      foot.failed(error)
    }
    readSoon()
  }
  const sourceOf = (fork: ForkView): Source => ({
    question: fork.name,
    away: awayIn(fork),
    async apply(activityIds, { recordAbsence }) {
      undecided = null
      const isWished = recordAbsence && fork.absences.length > 0
      const absenceReason = isWished ? t('whatif.reason') : null
      return told(await mergeFork(fork.id, { activityIds, absenceReason }))
    },
    putBack: (activityId) => void putBack(fork, activityId),
    leave() {
      undecided = null
      return discardFork(fork.id)
    },
    // What was not chosen is not kept for later: the question has been answered.
    applied: () => discardFork(fork.id),
    ended() {
      inView = null
      needs.stream().unfollow(fork.id)
    },
  })
  const told = ({ applied, dropped, absences }: ForkMerged): Applied => {
    const who = (one: { technicianId: string }): string => hand.nameOf(one.technicianId)
    return {
      applied,
      dropped,
      notes: [
        ...(absences?.recorded ?? []).map((one) => t('whatif.recorded', { who: who(one) })),
        ...(absences?.dropped ?? []).map((one) =>
          t('whatif.notRecorded', { who: who(one), why: one.reason }),
        ),
      ],
    }
  }

  const answer = async (technicianId: string, until: Until): Promise<void> => {
    const from = Date.now()
    const to = dayStart(zone, dayStart(zone, from) + DAYS[until] * DAY + DAY / 2)
    const who = hand.nameOf(technicianId)
    try {
      const name = t('whatif.kicker', { who })
      const { fork, diff } = await forkWithout(hand.info.id, { technicianId, from, to, name })
      if (diff.moves.length > 0) show(fork, diff)
      else {
        foot.message(t('whatif.none', { who }))
        await discardFork(fork.id)
      }
    } catch (error) {
      foot.failed(error)
    }
  }
  const lookAt = async (fork: ForkView): Promise<void> => {
    try {
      show(fork, await readDiff(fork.id))
    } catch (error) {
      foot.failed(error)
    }
  }
  return {
    ask(): void {
      document.querySelector('[data-card=whatif]')?.remove()
      let open: readonly ForkView[] = []
      const close = (): void => card.root.remove()
      const card = whatIfCard({
        people: [...board.technicians.values()]
          .filter((one) => one.active && one.teamId !== null)
          .map(({ id, name }) => ({ id, name }))
          .sort((a, b) => a.name.localeCompare(b.name)),
        close,
        ask: (technicianId, until) => void answer(technicianId, until).finally(close),
        look(forkId) {
          const fork = open.find((one) => one.id === forkId)
          if (fork) void lookAt(fork).finally(close)
        },
      })
      need('cards').append(card.root)
      readForks(hand.info.id).then(
        (forks) => {
          open = forks
          card.showOpen(open)
        },
        // The question can be asked without knowing what others try.
        () => undefined,
      )
    },
    /** A colleague has decided about what is in view, or changed it. */
    notice(notice: NoticeFrame): void {
      if (notice.forkId === undefined || notice.forkId !== undecided) return
      const { status, message: who = '' } = notice
      if (status !== 'merged' && status !== 'discarded') {
        readSoon()
        return
      }
      undecided = null
      if (inView !== null) proposals.close()
      foot.message(t(`whatif.${status}`, { who }))
    },
  }
}
