/** Numbers for Prometheus. Labels come from closed sets only: routes as written, never addresses as asked. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export function createMetrics(overloadLevel: () => number, registry: Registry = new Registry()) {
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'callboard_http_request_seconds',
    help: 'Time from a request’s arrival to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const commands = new Counter({
    name: 'callboard_commands_total',
    help: 'Commands by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const shed = new Counter({
    name: 'callboard_http_refused_total',
    help: 'Requests refused to protect the rest',
    labelNames: ['why'],
    registers: [registry],
  })
  new Gauge({
    name: 'callboard_overload_level',
    help: 'How many kinds of work are refused right now, 0 to 6',
    registers: [registry],
    collect() {
      this.set(overloadLevel())
    },
  })
  return { registry, requests, commands, shed }
}

export type Metrics = ReturnType<typeof createMetrics>
