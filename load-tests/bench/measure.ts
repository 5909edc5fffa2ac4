/**
 * One run of one solver on one instance, with what it cost and what it is worth.
 *
 * CPU is that of this whole process (the compiler's and the collector's threads included), from posing the problem to having a
 * plan; judging and scoring come after. A peer's CPU is that of its process, from start to end.
 */
import type { Instance } from '../instances/adapter.ts'
import { askPeer, type Peer, PeerError } from './peers.ts'

export const OURS = 'callboard'

export type Row = {
  readonly instance: string
  readonly group: string
  readonly solver: string
  readonly seed: number
  readonly budgetMs: number
  readonly value: number
  readonly parts: Readonly<Record<string, number>>
  readonly best: number | null
  readonly references: Readonly<Record<string, number>>
  readonly iterations: number | null
  readonly cpuSeconds: number
  /** What a peer says that solving alone took. */
  readonly solveSeconds: number | null
  readonly wallSeconds: number
  /** Why the plan is refused; empty when it is accepted. */
  readonly findings: readonly string[]
}

export const gapOf = (row: Row): number | null =>
  row.best === null || Number.isNaN(row.value)
    ? null
    : row.best === 0
      ? row.value === 0
        ? 0
        : null
      : 100 * (row.value / row.best - 1)

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

type Asked = { readonly seed: number; readonly budgetMs: number }

const commonOf = (instance: Instance, { seed, budgetMs }: Asked) => ({
  instance: instance.name,
  group: instance.group,
  seed,
  budgetMs,
  best: instance.best,
  references: instance.references ?? {},
})

export const measureOurs = async (
  instance: Instance,
  asked: Asked & { readonly threads: number; readonly iterations?: number },
): Promise<Row> => {
  const cpuFrom = cpuSeconds()
  const wallFrom = performance.now()
  const outcome = await instance.run(asked)
  return {
    ...commonOf(instance, asked),
    solver: OURS,
    value: outcome.value,
    parts: outcome.parts,
    iterations: outcome.iterations,
    cpuSeconds: cpuSeconds() - cpuFrom,
    solveSeconds: null,
    wallSeconds: (performance.now() - wallFrom) / 1000,
    findings: outcome.findings ?? [],
  }
}

/** Null where this instance cannot be asked of others; a peer that fails has a refused row, and the run goes on. */
export const measurePeer = async (instance: Instance, peer: Peer, asked: Asked): Promise<Row | null> => {
  if (instance.forPeers === undefined) return null
  const { problem, score } = instance.forPeers
  const asking = askPeer(peer, problem, { seconds: asked.budgetMs / 1000, seed: asked.seed })
  const answer = await asking.catch((error: unknown) => {
    if (error instanceof PeerError) return error
    throw error
  })
  const common = { ...commonOf(instance, asked), solver: peer.name, iterations: null }
  if (answer instanceof PeerError) {
    const nothing = { value: Number.NaN, parts: {}, cpuSeconds: 0, solveSeconds: null, wallSeconds: 0 }
    return { ...common, ...nothing, findings: [answer.message] }
  }
  const scored = score(answer.routes)
  return {
    ...common,
    value: scored.value,
    parts: scored.parts,
    cpuSeconds: answer.cpuSeconds,
    solveSeconds: answer.solveSeconds,
    wallSeconds: answer.wallSeconds,
    findings: scored.findings ?? [],
  }
}
