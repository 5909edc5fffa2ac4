/** Stages form one tree with one root. A move goes to a child or back to the parent; nothing is skipped. */
import { accept, type Result, refuse } from '../refusal.ts'
import type { Stage } from './stage.ts'

export type StageSeed = Omit<Stage, 'id' | 'parentStageId'> & { readonly parent: string | null }

export const rootStage = (stages: readonly Stage[]): Stage | undefined =>
  stages.find((stage) => stage.parentStageId === null)

export const nextStages = (stages: readonly Stage[], stageId: string): Stage[] =>
  stages.filter((stage) => stage.parentStageId === stageId)

export function previousStage(stages: readonly Stage[], stageId: string): Stage | undefined {
  const parentId = stages.find((stage) => stage.id === stageId)?.parentStageId ?? null
  return parentId === null ? undefined : stages.find((stage) => stage.id === parentId)
}

export function moveBetween(
  stages: readonly Stage[],
  fromId: string,
  toId: string,
): Result<{ readonly from: Stage; readonly to: Stage }> {
  const from = stages.find((stage) => stage.id === fromId)
  const to = stages.find((stage) => stage.id === toId)
  if (!to)
    return refuse('VALIDATION', { fields: [{ field: 'stageId', expected: 'a stage of this company' }] })
  if (!from) throw new Error(`an order stands in stage ${fromId}, which does not exist`)
  if (to.parentStageId === from.id || from.parentStageId === to.id) return accept({ from, to })
  return refuse('STAGE_NOT_ADJACENT', {
    from: from.code,
    to: to.code,
    next: nextStages(stages, from.id).map((stage) => stage.id),
    previous: from.parentStageId,
  })
}

/** What a new or changed stage must not do to the tree. `id` is null for a new stage. */
export function judgeStage(
  stages: readonly Stage[],
  change: { readonly id: string | null; readonly parentStageId: string | null },
): Result<null> {
  const known = change.id === null ? undefined : stages.find((stage) => stage.id === change.id)
  if (known && known.parentStageId !== change.parentStageId) return refuse('STAGE_PARENT_IMMUTABLE')
  if (known) return accept(null)
  if (change.parentStageId === null)
    return rootStage(stages)
      ? refuse('STAGE_ROOT_EXISTS', { rootStageId: rootStage(stages)?.id })
      : accept(null)
  return stages.some((stage) => stage.id === change.parentStageId)
    ? accept(null)
    : refuse('VALIDATION', { fields: [{ field: 'parentStageId', expected: 'a stage of this company' }] })
}

/** True when `stageId` is `generationId` or lies below it: the order has come that far. */
export function hasReached(stages: readonly Stage[], stageId: string, generationId: string): boolean {
  for (let at: string | null = stageId, steps = 0; at !== null && steps <= stages.length; steps++) {
    if (at === generationId) return true
    at = stages.find((stage) => stage.id === at)?.parentStageId ?? null
  }
  return false
}

const stage = (
  code: string,
  parent: string | null,
  description: string,
  flags: Partial<Omit<StageSeed, 'code' | 'parent' | 'description'>>,
): StageSeed => ({
  code,
  parent,
  description,
  canModify: false,
  canDelete: false,
  canCancel: false,
  canPost: false,
  requiresReason: false,
  stopsTimeRecording: false,
  allowedRoles: [],
  ...flags,
})

/** The example set of the domain digest 2.1, for seeds and tests. */
export const exampleStages: readonly StageSeed[] = [
  stage('PLAN', null, 'Planning', { canModify: true, canDelete: true, canCancel: true }),
  stage('RELEASED', 'PLAN', 'Released', { canModify: true, canCancel: true }),
  stage('CANCELLED', 'PLAN', 'Cancelled', {
    canCancel: true,
    requiresReason: true,
    stopsTimeRecording: true,
  }),
  stage('INPROC', 'RELEASED', 'In process', {
    canModify: true,
    allowedRoles: ['manager', 'dispatcher', 'technician'],
  }),
  stage('ONHOLD', 'INPROC', 'On hold', { canModify: true, requiresReason: true, stopsTimeRecording: true }),
  stage('DONE', 'INPROC', 'Done', {
    canPost: true,
    stopsTimeRecording: true,
    allowedRoles: ['manager', 'dispatcher', 'technician'],
  }),
]
