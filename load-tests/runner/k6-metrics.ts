/** `k6/metrics`: the four kinds, kept in one registry for the run. */
import { type MetricKind, registry } from './registry.ts'

class Metric {
  readonly name: string
  readonly #kind: MetricKind
  constructor(name: string, kind: MetricKind) {
    this.name = name
    this.#kind = kind
  }
  add(value: number | boolean): void {
    registry.add(this.name, this.#kind, Number(value))
  }
}

export class Trend extends Metric {
  constructor(name: string) {
    super(name, 'trend')
  }
}
export class Counter extends Metric {
  constructor(name: string) {
    super(name, 'counter')
  }
}
export class Rate extends Metric {
  constructor(name: string) {
    super(name, 'rate')
  }
}
export class Gauge extends Metric {
  constructor(name: string) {
    super(name, 'gauge')
  }
}
