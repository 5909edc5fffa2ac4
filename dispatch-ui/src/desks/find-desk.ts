/** What can be found or done by typing: acts, people and jobs. */
import { type FindBox, findBox, type Hit } from '../panels/find-box.ts'
import { t } from '../shell/text.ts'
import type { InHand } from './in-hand.ts'

const JOBS_MAX = 8
const PEOPLE_MAX = 3

export function openFindDesk(
  hand: InHand,
  acts: {
    goNow(): void
    nextAtRisk(): void
    plan(): void
    showKeys(): void
    goToRow(technicianId: string): void
    choose(activityId: string): void
  },
): FindBox {
  const { board } = hand
  const doable: readonly Hit[] = [
    { title: t('find.now'), note: 'N', go: acts.goNow },
    { title: t('find.risk'), note: 'R', go: acts.nextAtRisk },
    ...(hand.mayEdit ? [{ title: t('find.plan'), note: '', go: acts.plan }] : []),
    { title: t('keys.title'), note: '?', go: acts.showKeys },
  ]
  const people = (text: string): Hit[] =>
    [...board.technicians.values()]
      .filter((one) => has(text, one.name))
      .slice(0, PEOPLE_MAX)
      .map((one) => ({ title: one.name, note: t('fact.technician'), go: () => acts.goToRow(one.id) }))
  const jobs = (text: string): Hit[] => {
    const hits: Hit[] = []
    for (const bar of board.bars.values()) {
      if (hits.length >= JOBS_MAX) break
      const order = board.orders.get(bar.orderId)
      const title = hand.titleOf(bar)
      if (has(text, title, order?.number, order?.placeName, order?.description, order?.customerName))
        hits.push({
          title,
          note: [order?.placeName, order?.number].filter((part) => part).join(' · '),
          go: () => acts.choose(bar.id),
        })
    }
    return hits
  }
  return findBox((text) =>
    text === ''
      ? [...doable]
      : [...doable.filter((one) => has(text, one.title)), ...people(text), ...jobs(text)],
  )
}

const has = (text: string, ...parts: readonly (string | null | undefined)[]): boolean =>
  parts.some((part) => part?.toLowerCase().includes(text))
