/** Seeds that make `poisoned-thread.ts` misbehave. */
export const poison = {
  /** Never comes back, whoever asks. */
  endless: 4_000_001,
  /** Takes 2 GB of heap. */
  greedy: 4_000_002,
  /** Answers well, and keeps 256 MB beside its heap. */
  swelling: 4_000_003,
  /** Ends its thread in the middle of the job. */
  ending: 4_000_004,
  /** Says as `moved` which thread it was. */
  telling: 4_000_005,
} as const
