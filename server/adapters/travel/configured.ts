/** The source of travel times that the settings name; null where there is none and straight lines have to do. */
import type { TravelTimes } from '../../ports/travel-times.ts'
import { readMatrixFile } from './given-matrix.ts'
import { createTableService } from './table-service.ts'

export type TravelSettings = {
  /** An OSRM-compatible service, up to and without `/table/v1`. */
  readonly url: string | null
  /** A file with a given matrix; the settings allow only one of the two. */
  readonly matrixFile: string | null
  readonly placesMax: number
  readonly timeoutMs: number
}

export function configuredTravel(
  { url, matrixFile, placesMax, timeoutMs }: TravelSettings,
  onRequest?: (outcome: 'answered' | 'failed') => void,
): TravelTimes | null {
  if (matrixFile !== null) return readMatrixFile(matrixFile)
  if (url === null) return null
  return createTableService({ url, placesMax, timeoutMs, ...(onRequest ? { onRequest } : {}) })
}
