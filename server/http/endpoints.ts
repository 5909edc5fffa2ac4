/** All endpoints of the API. */

import { activityEndpoints } from './activities.ts'
import { boardEndpoints } from './boards.ts'
import type { RunCommand } from './command.ts'
import type { HttpDeps } from './deps.ts'
import type { Endpoint } from './endpoint.ts'
import { forkEndpoints } from './forks.ts'
import type { Identity } from './identify.ts'
import { importEndpoints } from './imports.ts'
import type { Metrics } from './metrics.ts'
import { operationEndpoints } from './operations.ts'
import { orderEndpoints } from './orders.ts'
import { planningEndpoints } from './planning.ts'
import { recordEndpoints } from './records/endpoints.ts'
import type { Plain } from './schema.ts'
import { sessionEndpoints } from './sessions.ts'

/** What endpoints share beside the outer dependencies. */
export type Inside = {
  readonly run: RunCommand
  readonly identity: Identity
  readonly metrics: Metrics
  readonly draining: () => boolean
  readonly document: () => Plain
}

export const endpointsOf = (deps: HttpDeps, inside: Inside): readonly Endpoint[] => [
  ...sessionEndpoints(deps, inside),
  ...orderEndpoints(deps, inside),
  ...activityEndpoints(deps, inside),
  ...boardEndpoints(deps, inside),
  ...planningEndpoints(deps, inside),
  ...forkEndpoints(deps, inside),
  ...importEndpoints(deps, inside),
  ...recordEndpoints(deps, inside),
  ...operationEndpoints(deps, inside),
]
