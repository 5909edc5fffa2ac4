/** The board's policy as it stands: in its card, and in what is judged while a bar is dragged. A change counts at once. */
import { type BoardPolicyView, type WholePolicy, wholePolicy } from '../model/policy.ts'
import { type PolicyCard, policyCard } from '../panels/policy-card.ts'
import { need } from '../shell/dom.ts'
import { currentLanguage, t } from '../shell/text.ts'
import { Refusal, Unreachable } from '../sync/api.ts'
import { readPolicies, readPolicy, setPolicy } from '../sync/policies.ts'
import type { InHand } from './in-hand.ts'

const HISTORY_MAX = 5

export type PolicyDesk = ReturnType<typeof openPolicyDesk>

export function openPolicyDesk(hand: InHand, needs: { repaint(): void }) {
  let policy: BoardPolicyView = hand.info
  let travel: WholePolicy = wholePolicy(policy.policy)
  let shown: PolicyCard | null = null

  const take = (next: BoardPolicyView): void => {
    if (next.version < policy.version) return
    policy = next
    travel = wholePolicy(next.policy)
    shown?.show(next)
    if (shown !== null) void readHistory()
    needs.repaint()
  }
  const readHistory = async (): Promise<void> => {
    try {
      shown?.history(await readPolicies(hand.info.id, HISTORY_MAX))
    } catch (error) {
      // The policy itself stands; only who set what before cannot be told now.
      if (!isExpected(error)) throw error
    }
  }
  const refresh = async (): Promise<void> => {
    try {
      take(await readPolicy(hand.info.id))
    } catch (error) {
      // It is read again with the next snapshot, and each change is told on the stream.
      if (!isExpected(error)) throw error
    }
  }
  /** Answers why it could not be set; null when it was. */
  const save = async (seen: BoardPolicyView, next: BoardPolicyView['policy']): Promise<string | null> => {
    try {
      take(await setPolicy(seen, next))
      return null
    } catch (error) {
      if (error instanceof Refusal && error.problem.code === 'VERSION_CONFLICT') await refresh()
      if (error instanceof Refusal) return t('error.refused', { why: error.message })
      if (error instanceof Unreachable) return t('error.unreachable')
      throw error
    }
  }
  return {
    get travel(): WholePolicy {
      return travel
    },
    take,
    refresh,
    show(): void {
      if (shown !== null) return
      const card = policyCard(policy, {
        mayEdit: hand.mayConfigure,
        zone: hand.zone,
        language: currentLanguage(),
        save,
        close() {
          card.root.remove()
          shown = null
        },
      })
      shown = card
      need('cards').append(card.root)
      void readHistory()
      void refresh()
    },
  }
}

const isExpected = (error: unknown): boolean => error instanceof Unreachable || error instanceof Refusal
