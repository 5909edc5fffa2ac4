/** Small invented files in a city's own layout, so that tests read what the command reads. */
import { below, unit } from '../../optimiser/random.ts'
import { diceOf } from '../dice.ts'

const header =
  'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_status,closure_reason,case_title,subject,reason,type,queue,department,submittedphoto,closedphoto,location,fire_district,pwd_district,city_council_district,police_district,neighborhood,neighborhood_services_district,ward,precinct,location_street_name,location_zipcode,latitude,longitude,source'

export const rules2011 = [
  'type,rows_with_target,inferred_kind,inferred_n_days,rows_matched_within_90s,match_share',
  'Fallen Tree,20,business_days,1,20,1.0',
  'Lamp Outage,20,calendar_days,1,20,1.0',
  'Park Bench,20,calendar_days,30,20,1.0',
].join('\n')

export type Request = {
  readonly id: string
  readonly opened: string
  readonly closed: string
  readonly type?: string
  readonly department?: string
  readonly neighbourhood?: string
  readonly lat?: number | null
  readonly lon?: number | null
  readonly ontime?: string
}

export const csv2011 = (requests: readonly Request[]): string => {
  const line = (request: Request): string => {
    const cells: Record<string, string> = {
      case_enquiry_id: request.id,
      open_dt: request.opened,
      closed_dt: request.closed,
      type: request.type ?? 'Fallen Tree',
      department: request.department ?? 'PARK',
      neighborhood: request.neighbourhood ?? 'Roxbury',
      latitude: request.lat === null ? '' : String(request.lat ?? 42.31),
      longitude: request.lon === null ? '' : String(request.lon ?? -71.09),
      ontime: request.ontime ?? '',
    }
    return header
      .split(',')
      .map((name) => cells[name] ?? '')
      .join(',')
  }
  return `${[header, ...requests.map(line)].join('\n')}\n`
}

/** Three days of a town with two departments; the city kept about half of its promises. */
export const townFile = (seed: number, count: number): string => {
  const dice = diceOf(seed, 'town')
  const two = (n: number): string => String(n).padStart(2, '0')
  const requests = Array.from({ length: count }, (_, i): Request => {
    const date = 22 + below(dice, 3)
    const time = `${two(below(dice, 24))}:${two(below(dice, 60))}:00`
    const type = ['Fallen Tree', 'Lamp Outage', 'Park Bench'][below(dice, 3)] ?? 'Fallen Tree'
    return {
      id: String(1_000 + i),
      opened: `2011-08-${date} ${time}`,
      closed: `2011-08-${two(date + 1 + below(dice, 3))} 16:00:00`,
      type,
      department: type === 'Lamp Outage' ? 'PWDx' : 'PARK',
      lat: 42.28 + unit(dice) * 0.08,
      lon: -71.12 + unit(dice) * 0.08,
      ontime: unit(dice) < 0.5 ? 'ONTIME' : 'OVERDUE',
    }
  })
  return csv2011(requests)
}
