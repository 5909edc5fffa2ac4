/**
 * The numbers we promise, beside their reasons (design, section 8). Goals on a machine with two cores; every ratio is
 * measured beside its yardstick in the same run. Reports print them next to what was measured; no test fails on them.
 */
export const budgets = {
  /** A colleague's change feels immediate below a tenth of a second, and instant below a fortieth. */
  commandToOtherBoardMs: { p50: 25, p99: 100 },
  /** "A plan repaired within a second": from the event to the planner's move on somebody else's board. */
  eventToPlanMs: { p95: 1_000, p99: 2_000 },
  /** One hot board shares one counter row: half of bare row writes leaves room for rules, log and answer. */
  hotBoardShareOfPgbench: 0.5,
  bulkCommandsPerSecond: 1_000,
  /** Socket.IO's framing costs a fifth over a bare socket; cursors, credit and heartbeats may cost as much again. */
  deliveryCpuOverBareWs: 1.5,
  /** Opening the largest board we plan for. */
  openBoard: { activities: 10_000, firstPictureMs: 500, wireBytes: 400_000 },
  server: { rssMbWith1000Sockets: 400, kbPerFurtherSocket: 100 },
} as const
