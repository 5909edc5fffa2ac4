/** A board's policy over HTTP: as it is, as it was, and the next one. */
import type { BoardPolicy, BoardPolicyView, PolicyVersion } from '../model/policy.ts'
import { ask } from './api.ts'

const pathOf = (boardId: string): string => `/boards/${encodeURIComponent(boardId)}`

export const readPolicy = async (boardId: string): Promise<BoardPolicyView> =>
  (await ask<BoardPolicyView>('GET', `${pathOf(boardId)}/settings`)).value

export const readPolicies = async (boardId: string, limit: number): Promise<readonly PolicyVersion[]> =>
  (await ask<{ items: PolicyVersion[] }>('GET', `${pathOf(boardId)}/policies?limit=${limit}`)).value.items

/** Only on top of the version that was seen; refused when somebody else was quicker. */
export const setPolicy = async (seen: BoardPolicyView, policy: BoardPolicy): Promise<BoardPolicyView> =>
  (await ask<BoardPolicyView>('PATCH', pathOf(seen.id), { body: { policy }, version: seen.version })).value
