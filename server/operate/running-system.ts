/**
 * What the launcher tells the world once the system is ready: the one line of `--json`.
 * `databaseUrl` and the Redis addresses are the owner's, so that tests and outside audits can look at everything.
 */
export type SeedResult = {
  readonly company: string
  readonly users: readonly { readonly email: string; readonly password: string; readonly role: string }[]
  readonly boards: readonly { readonly id: string; readonly name: string }[]
}

export type RunningSystem = SeedResult & {
  readonly urls: readonly string[]
  readonly databaseUrl: string
  readonly redis: { readonly board: string; readonly queue: string }
  readonly pids: {
    readonly launcher: number
    readonly server: readonly number[]
    readonly worker: readonly number[]
    /** The postmaster; empty when the database was given. */
    readonly postgres: readonly number[]
    /** The board's, then the queue's; only those the launcher started. */
    readonly redis: readonly number[]
    readonly storm: readonly number[]
  }
}
