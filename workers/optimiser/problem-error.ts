/** A problem that makes no sense: which field, and what it should have been. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly field: string
  constructor(field: string, wanted: string) {
    super(`${field}: ${wanted}`)
    this.field = field
  }
}
